/** What happened at the door, in the words of the audit log: each request's story becomes its records. */
import type { Request } from 'express';
import type { AmiPayload } from '../ami/payload.ts';
import type { AppendOptions } from '../audit/append.ts';
import type { AuditContext, AuditEvent } from '../audit/event.ts';
import {
  actionSwitched,
  adminRefused,
  examined,
  hostsAnswered,
  hostsAsked,
  inventoryExported,
  personExplained,
  readOnlySwitched,
} from '../audit/events/administration.ts';
import {
  auditExported,
  auditExportStarted,
  auditReconciled,
  auditRecordRead,
  auditSearched,
  auditVerified,
} from '../audit/events/auditors.ts';
import { clickReceived, clickRefused, launchMoved, launchRefused } from '../audit/events/clicks.ts';
import { planFailed, planMade, handedOff, proofGiven } from '../audit/events/plans.ts';
import { csrfRefused, identityRefused, limitMet, roleRefused, sudoRefused } from '../audit/events/refusals.ts';
import { runRefused } from '../audit/events/runs.ts';
import {
  backChannelLogout,
  loggedOut,
  loginFailed,
  loginHandedOver,
  loginSucceeded,
  logoutRefused,
  sessionsEnded,
} from '../audit/events/sign-in.ts';
import type { AuditLog } from '../audit/log.ts';
import type { ServiceError } from '../errors.ts';
import type { Identity } from '../login/identity.ts';
import type { OnPlanned } from '../runs/preview.ts';
import { realActorOf } from '../runs/run-audit.ts';
import type { SessionDatabase } from '../session/tables.ts';
import { contextOf } from './request-context.ts';
import { identityOf } from './viewer.ts';

export type Recorder = {
  /** Keeps the launch and its record in one commit: a click that cannot be recorded is not kept. */
  click<T>(
    request: Request,
    click: { readonly payload: AmiPayload; readonly kind: 'full' | 'light' },
    keep: (executor: SessionDatabase) => Promise<T>,
  ): Promise<T>;
  login(request: Request, identity: Identity): Promise<void>;
  logout(request: Request): Promise<void>;
  loginHandedOver(request: Request): Promise<void>;
  launchMoved(request: Request): Promise<void>;
  /** All that is known of the request, for a record that is made later. */
  contextOf(request: Request): AuditContext;
  limitMet(context: AuditContext, met: Parameters<typeof limitMet>[1]): Promise<void>;
  plan(request: Request, made: Parameters<OnPlanned>[0]): Promise<void>;
  sessionsEnded(request: Request, ended: Parameters<typeof sessionsEnded>[1]): Promise<void>;
  backChannelLogout(request: Request, ended: Parameters<typeof backChannelLogout>[1]): Promise<void>;
  /** Throws when it cannot be recorded: then no proof is given. */
  /** The person is about to be handed to a worker. */
  handOff(request: Request): Promise<void>;
  proof(request: Request, given: Parameters<typeof proofGiven>[1]): Promise<void>;
  auditSearched(request: Request, filter: Readonly<Record<string, string>>, found: number): Promise<void>;
  auditRecordRead(request: Request, seq: number): Promise<void>;
  auditVerified(request: Request, result: Parameters<typeof auditVerified>[1]): Promise<void>;
  auditExportStarted(request: Request, wanted: Parameters<typeof auditExportStarted>[1]): Promise<void>;
  auditExported(request: Request, sent: Parameters<typeof auditExported>[1]): Promise<void>;
  auditReconciled(request: Request, compared: Parameters<typeof auditReconciled>[1]): Promise<void>;
  /** Keeps what was switched and its record in one commit; `isOff` without a reason is on again. */
  switched(
    request: Request,
    act: { readonly kind: 'action' | 'read_only'; readonly isOff: boolean; readonly reason?: string | undefined },
    keep: NonNullable<AppendOptions['alongside']>,
  ): Promise<void>;
  /** Throws when it cannot be recorded: then nobody looks. */
  examined(request: Request, asked: Parameters<typeof examined>[1]): Promise<void>;
  /** Throws when it cannot be recorded: then no host is asked. */
  hostsAsked(request: Request): Promise<void>;
  hostsAnswered(request: Request, answers: Parameters<typeof hostsAnswered>[1]): Promise<void>;
  /** Throws when it cannot be recorded: then nothing leaves. */
  inventoryExported(request: Request, taken: Parameters<typeof inventoryExported>[1]): Promise<void>;
  personExplained(request: Request, asked: Parameters<typeof personExplained>[1]): Promise<void>;
  /** What is known of a request, for records that are made of it later. */
  context(request: Request): AuditContext;
  /** Never throws: a refusal stands, also when the log cannot take it; the trouble is logged then. */
  refusal(request: Request, error: ServiceError): Promise<void>;
};

export function createRecorder(deps: {
  readonly audit: AuditLog;
  readonly scriptName: string;
  /** Told of every refusal, also of those that make no record. */
  readonly onRefused?: ((code: string) => void) | undefined;
}): Recorder {
  const { audit } = deps;
  const context = (request: Request): AuditContext => auditContext(request, deps.scriptName);

  return {
    context,
    async click(request, { payload, kind }, keep) {
      const events = clickReceived(context(request), {
        entityType: payload.entityType,
        selectedIds: payload.selectedIds,
        listed: payload.ids.length,
        payload: kind,
        title: payload.title,
        pageId: payload.pageId,
      });
      const attempts: Awaited<ReturnType<typeof keep>>[] = [];
      await audit.append(events, {
        alongside: async (transaction) => {
          attempts.push(await keep(transaction));
        },
      });
      // Asked to keep it again when an earlier attempt was taken back: the last one counts.
      const kept = attempts.at(-1);
      if (kept === undefined) throw new Error('a click was recorded without its launch');
      return kept;
    },
    async login(request, identity) {
      await audit.append(loginSucceeded(context(request), { roles: identity.roles }));
    },
    async logout(request) {
      await audit.append(loggedOut(context(request)));
    },
    async loginHandedOver(request) {
      await audit.append(loginHandedOver(context(request)));
    },
    async launchMoved(request) {
      await audit.append(launchMoved(context(request)));
    },
    contextOf: context,
    async limitMet(of, met) {
      await audit.append(limitMet(of, met));
    },
    async sessionsEnded(request, ended) {
      await audit.append(sessionsEnded(context(request), ended));
    },
    async backChannelLogout(request, ended) {
      await audit.append(backChannelLogout(context(request), ended));
    },
    async plan(request, { digest, plan }) {
      const { changes, untouched } = plan;
      const counts = { changes: changes.length, untouched: untouched.length };
      await audit.append(planMade(context(request), { digest, ...counts }));
    },
    async handOff(request) {
      await audit.append(handedOff(context(request)));
    },
    async proof(request, given) {
      await audit.append(proofGiven(context(request), given));
    },
    async auditSearched(request, filter, found) {
      await audit.append(auditSearched(context(request), { filter, found }));
    },
    async auditRecordRead(request, seq) {
      await audit.append(auditRecordRead(context(request), { seq }));
    },
    async auditVerified(request, result) {
      await audit.append(auditVerified(context(request), result));
    },
    async auditExportStarted(request, wanted) {
      await audit.append(auditExportStarted(context(request), wanted));
    },
    async auditExported(request, sent) {
      await audit.append(auditExported(context(request), sent));
    },
    async auditReconciled(request, compared) {
      await audit.append(auditReconciled(context(request), compared));
    },
    async switched(request, { kind, isOff, reason }, keep) {
      const event =
        kind === 'action'
          ? actionSwitched(context(request), { isOn: !isOff, reason })
          : readOnlySwitched(context(request), { isReadOnly: isOff, reason });
      await audit.append(event, { alongside: keep });
    },
    async examined(request, asked) {
      await audit.append(examined(context(request), asked));
    },
    async hostsAsked(request) {
      await audit.append(hostsAsked(context(request)));
    },
    async hostsAnswered(request, answers) {
      await audit.append(hostsAnswered(context(request), answers));
    },
    async inventoryExported(request, taken) {
      await audit.append(inventoryExported(context(request), taken));
    },
    async personExplained(request, asked) {
      await audit.append(personExplained(context(request), asked));
    },
    async refusal(request, error) {
      deps.onRefused?.(error.code);
      const event = refusalEvent(request, context(request), error);
      if (event === undefined) return;
      try {
        await audit.append(event);
      } catch (failure) {
        contextOf(request).log.error(
          { code: error.code, reason: failure instanceof Error ? failure.message : 'unknown' },
          'a refusal could not be recorded',
        );
      }
    },
  };
}

/** Which record a refusal makes. A page that does not exist is no event: there are many such requests, and nothing was asked. */
function refusalEvent(request: Request, context: AuditContext, error: ServiceError): AuditEvent | undefined {
  const refusal = { code: error.code, reason: error.message };
  // Routes are found whatever the case of their letters.
  const path = request.path.toLowerCase();
  switch (error.code) {
    case 'page_unknown':
      return undefined;
    // Counted instead, see `limits/refusal-tally.ts`: a flood must not flood the log.
    case 'rate_limited':
      return undefined;
    case 'role_required':
      return roleRefused(context, { role: roleFor(path), path: request.path });
    case 'logout_token_invalid':
      return logoutRefused(context, refusal);
    case 'csrf_invalid':
      return csrfRefused(context, { path: request.path });
    case 'hand_over_invalid':
    case 'launch_moved':
      return launchRefused(context, refusal);
    case 'identity_mismatch':
    case 'person_unknown':
      return identityRefused(context, refusal, { claimed: context.person?.login, proven: identityOf(request)?.login });
    // What ended is recorded where it is forgotten.
    case 'site_session_ended':
    case 'site_session_mismatch':
      if (path.startsWith('/launches/') || path.startsWith('/runs/')) return undefined;
      break;
    case 'sudo_flag_off':
    case 'sudo_inactive':
    case 'sudo_admin_refused':
    case 'sudo_refused_by_site':
      return sudoRefused(context, { ...refusal, siteErrorId: siteErrorIdOf(error) });
    default:
  }
  if (/^\/ami(?:\/|$)/.test(path)) {
    const length = Number(request.get('content-length'));
    return clickRefused(context, refusal, { bytes: Number.isSafeInteger(length) ? length : undefined });
  }
  if (path.startsWith('/login')) return loginFailed(context, refusal);
  if (path.startsWith('/pop-out/')) return launchRefused(context, refusal);
  if (path.startsWith('/launches/')) {
    if (request.method === 'POST') return runRefused(context, refusal);
    return error.code.startsWith('launch_') || error.code === 'action_off'
      ? launchRefused(context, refusal)
      : planFailed(context, refusal);
  }
  // To look at something that is not there is no event; to ask for it to be done is.
  if (path.startsWith('/admin') && request.method === 'POST')
    return adminRefused(context, refusal, { path: request.path });
  // An address that is no run asks for nothing; undo, retry and cancel of somebody else's run do.
  if (path.startsWith('/runs/') && error.code !== 'run_unknown') return runRefused(context, refusal);
  return undefined;
}

function roleFor(path: string): 'auditor' | 'admin' | 'user' {
  if (path.startsWith('/audit')) return 'auditor';
  return path.startsWith('/admin') ? 'admin' : 'user';
}

/** All that is known of the request so far. A claim stays marked as one. */
function auditContext(request: Request, scriptName: string): AuditContext {
  const { story, reference } = contextOf(request);
  const identity = identityOf(request);
  const person = story.person ?? (identity === undefined ? undefined : { login: identity.login, proven: true });
  return {
    reference,
    clientAddress: request.ip,
    person,
    realActor: realActorOf(
      { login: person?.login ?? '', ...(story.isBySelf === true ? { bySelf: true } : {}) },
      scriptName,
    ),
    subject:
      story.subject ?? (identity === undefined ? undefined : { issuer: identity.issuer, subject: identity.subject }),
    actionId: story.actionId,
    launchId: story.launchId,
    runId: story.runId,
    project: story.project,
    sessionUuid: story.sessionUuid,
  };
}

function siteErrorIdOf(error: ServiceError): string | undefined {
  return 'siteErrorId' in error && typeof error.siteErrorId === 'string' ? error.siteErrorId : undefined;
}

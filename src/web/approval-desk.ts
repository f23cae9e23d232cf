/**
 * Asks the site to let a person approve that we act by their own session, and waits for it in the background: closing the page stops
 * nothing. Whoever approves must be the person whom the identity provider named; anything else is thrown away unused.
 */
import type { AuditContext } from '../audit/event.ts';
import { approvalAsked, approvalEnded, approvalGiven, approvalRefused } from '../audit/events/approvals.ts';
import type { AuditLog } from '../audit/log.ts';
import type { KeepOwnSession } from '../runs/confirm.ts';
import type { ServiceError } from '../errors.ts';
import type { Ways } from '../runs/resolve-actor.ts';
import type { Approval, Approvals, ApprovalState } from '../session/approvals.ts';
import type { Holder, PersonKey } from '../session/holder.ts';
import type { SiteSession, SiteSessions } from '../session/site-sessions.ts';
import type { AppSessionAnswer } from '../shotgrid/app-session.ts';
import type { Shotgrid } from '../shotgrid/client.ts';
import { SiteSessionEndedError, SiteSessionMismatchError } from '../shotgrid/own-session-errors.ts';
import { refusalOf } from './approval-errors.ts';
import type { Logger } from './logger.ts';

/** Something that waits for a person's approval. */
export type Matter = {
  /** Names it: `launch <id>`, `undo <run>` … */
  readonly about: string;
  readonly holder: Holder;
  /** Whom the identity provider named. */
  readonly login: string;
  /** Their HumanUser, as far as it is known already. */
  readonly userId: number | undefined;
  /** For the records. */
  readonly context: AuditContext;
};

export type Acting = {
  readonly ways: Ways;
  /** Gives a run the own session that it is done with; absent where there is none. */
  readonly keepOwnSession: KeepOwnSession | undefined;
};

export type ApprovalDesk = {
  /** By which ways the holder may be acted for in this matter. */
  acting(holder: Holder, about: string): Promise<Acting>;
  /** What was kept for this browser session. */
  session(holder: Holder): Promise<SiteSession | undefined>;
  /** Goes on waiting where the process that did is gone. */
  find(matter: Matter): Promise<Approval | undefined>;
  /**
   * Asks the site, unless it is being asked already, or the person's own session is still here.
   *
   * @throws {@link AppSessionsOffError}, ShotgridUnavailableError, AuditUnavailableError: then nothing was asked.
   */
  begin(matter: Matter): Promise<Approval>;
  /** The person's own session of this browser, which the site does not take any more. */
  dropEnded(holder: Holder, context: AuditContext, refusal: ServiceError): Promise<void>;
  /** All that is kept of a person, in every browser; how many sessions that were. */
  forgetPerson(person: PersonKey, holder: Holder, context: AuditContext): Promise<number>;
  /** Ends the waiting of this process. */
  close(): Promise<void>;
};

/** The site forgets a request some seconds later than this. */
const WAIT_MS = 300_000;
/** A denial is told from a request that ran out only by when it is gone. */
const NEARLY_OVER_MS = 5_000;
/** Longer than one poll with all its attempts. */
const POLLER_MS = 90_000;
const POLL_TIMEOUT_MS = 10_000;

class ApprovalGone extends Error {}

export function createApprovalDesk(deps: {
  readonly approvals: Approvals;
  readonly siteSessions: SiteSessions;
  readonly shotgrid: Shotgrid;
  readonly audit: AuditLog;
  /** Where this server is, as the person reads it when they approve. */
  readonly machineId: string;
  /** ShotGrid's own toolkit asks every two seconds. */
  readonly pollMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly randomId: () => string;
  readonly createReference: () => string;
  readonly now: () => Date;
  readonly log: Logger;
}): ApprovalDesk {
  const { approvals, siteSessions, shotgrid, audit, now } = deps;
  const closing = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  const isClosing = (): boolean => closing.signal.aborted;

  function wait(matter: Matter, approval: Approval): void {
    if (closing.signal.aborted || underWay.has(approval.id)) return;
    const work = poll(matter, approval)
      .catch((error: unknown) => {
        deps.log.error({ reason: error instanceof Error ? error.stack : 'unknown' }, 'an approval has trouble');
      })
      .finally(() => underWay.delete(approval.id));
    underWay.set(approval.id, work);
  }

  async function poll(matter: Matter, approval: Approval): Promise<void> {
    const { request, expiresAt } = approval;
    if (request === undefined) return;
    const poller = deps.randomId();
    while (!isClosing()) {
      const at = now();
      if (!(await approvals.takePoll(approval.id, poller, new Date(at.getTime() + POLLER_MS)))) return;
      if (at >= expiresAt) return refuse(matter, approval, 'expired');
      let answer: AppSessionAnswer;
      try {
        answer = await shotgrid.appSessions.poll(request.id, { signal: closing.signal, timeoutMs: POLL_TIMEOUT_MS });
      } catch (error) {
        if (isClosing()) return;
        deps.log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'an approval was lost');
        return refuse(matter, approval, 'lost');
      }
      if (answer.is === 'approved') return accept(matter, approval, answer);
      if (answer.is === 'gone') {
        const isOver = now().getTime() >= expiresAt.getTime() - NEARLY_OVER_MS;
        return refuse(matter, approval, isOver ? 'expired' : 'denied');
      }
      await deps.sleep(deps.pollMs, closing.signal);
    }
  }

  async function accept(
    matter: Matter,
    approval: Approval,
    answer: AppSessionAnswer & { readonly is: 'approved' },
  ): Promise<void> {
    const { holder, login, context } = matter;
    let userId: number | undefined;
    try {
      userId = folded(answer.login) === folded(login) ? await verifyOwn(matter, answer) : undefined;
    } catch (error) {
      deps.log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'an approval was lost');
      return refuse(matter, approval, 'lost');
    }
    if (userId === undefined) return refuse(matter, approval, 'other_person', answer.login);
    const session: SiteSession = {
      token: answer.sessionToken,
      userId,
      login: answer.login,
      since: now().toISOString(),
    };
    const own: AuditContext = {
      ...context,
      reference: approval.reference,
      person: { login, id: userId, proven: true },
      realActor: { type: 'HumanUser', name: login },
    };
    try {
      await audit.append(approvalGiven(own), {
        alongside: async (executor) => {
          // Signed out meanwhile, or asked anew: nothing may come of this one.
          if (!(await approvals.end(approval.id, 'approved', executor))) throw new ApprovalGone();
          await siteSessions.keep(holder, session, executor);
        },
      });
    } catch (error) {
      if (!(error instanceof ApprovalGone)) await approvals.end(approval.id, 'lost');
    }
  }

  /** The HumanUser whose session it is, when that is the person it was asked of; undefined when it is anybody else. */
  async function verifyOwn(
    matter: Matter,
    { sessionToken }: { readonly sessionToken: string },
  ): Promise<number | undefined> {
    const userId = matter.userId ?? (await findUserId(matter.login));
    if (userId === undefined) return undefined;
    try {
      // The first call mints an access token, whose claim has to name exactly this person.
      const row = await shotgrid.asSelf({ sessionToken, userId }).find('HumanUser', userId, ['login']);
      const stored = row?.fields['login'];
      if (typeof stored === 'string' && folded(stored) === folded(matter.login)) return userId;
    } catch (error) {
      if (!(error instanceof SiteSessionMismatchError || error instanceof SiteSessionEndedError)) throw error;
    }
    shotgrid.forgetSelf(sessionToken);
    return undefined;
  }

  async function findUserId(login: string): Promise<number | undefined> {
    const found = await shotgrid
      .asScript()
      .search('HumanUser', { filters: [['login', 'is', login.trim()]], fields: ['login'], limit: 2 });
    return found.length === 1 ? found[0]?.id : undefined;
  }

  async function refuse(
    matter: Matter,
    approval: Approval,
    state: Exclude<ApprovalState, 'waiting' | 'approved'>,
    approvedBy?: string,
  ): Promise<void> {
    if (!(await approvals.end(approval.id, state))) return;
    const refusal = refusalOf(state);
    if (refusal === undefined) return;
    const { code, message: reason } = refusal;
    await audit.append(
      approvalRefused({ ...matter.context, reference: approval.reference }, { code, reason, approvedBy }),
    );
  }

  return {
    async acting(holder, about) {
      const [own, approval] = await Promise.all([siteSessions.find(holder), approvals.find(holder, about)]);
      return {
        ways: { own, onlySelf: approval?.state === 'approved' },
        keepOwnSession: own && ((executor, runId) => siteSessions.keepForRun(executor, runId, holder, own)),
      };
    },

    session: (holder) => siteSessions.find(holder),

    async find(matter) {
      const approval = await approvals.find(matter.holder, matter.about);
      if (approval?.state === 'waiting') wait(matter, approval);
      const isEmpty = approval?.state === 'approved' && (await siteSessions.find(matter.holder)) === undefined;
      return isEmpty ? undefined : approval;
    },

    async begin(matter) {
      const { holder, about, context } = matter;
      const earlier = await approvals.find(holder, about);
      // Its address can still be used, unless its secret is not known any more.
      if (earlier?.state === 'waiting' && earlier.request !== undefined && now() < earlier.expiresAt) {
        wait(matter, earlier);
        return earlier;
      }
      const reference = deps.createReference();
      const begun = {
        id: deps.randomId(),
        reference,
        expiresAt: new Date(now().getTime() + WAIT_MS),
      };
      const session = await siteSessions.find(holder);
      if (session !== undefined && (matter.userId === undefined || session.userId === matter.userId)) {
        const approval: Approval = { ...begun, state: 'approved' };
        await approvals.begin(holder, about, approval);
        return approval;
      }
      await audit.append(approvalAsked({ ...context, reference }));
      const request = await shotgrid.appSessions.request({ appName: 'Understudy', machineId: deps.machineId });
      const approval: Approval = { ...begun, state: 'waiting', request };
      await approvals.begin(holder, about, approval);
      wait(matter, approval);
      return approval;
    },

    async dropEnded(holder, context, { code, message }) {
      const session = await siteSessions.find(holder);
      if (session !== undefined) shotgrid.forgetSelf(session.token);
      await siteSessions.forget(holder);
      await audit.append(approvalEnded(context, { code, reason: message }));
    },

    async forgetPerson(person, holder, context) {
      const session = await siteSessions.find(holder);
      if (session !== undefined) shotgrid.forgetSelf(session.token);
      await approvals.forgetPerson(person);
      const forgotten = await siteSessions.forgetPerson(person);
      if (forgotten > 0) await audit.append(approvalEnded(context));
      return forgotten;
    },

    async close() {
      closing.abort();
      await Promise.all(underWay.values());
    },
  };
}

/** As logins are compared everywhere: trimmed, without regard to case. */
function folded(login: string): string {
  return login.normalize('NFC').trim().toLowerCase();
}

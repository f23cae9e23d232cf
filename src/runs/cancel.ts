/** Asks a run to stop: it does before its next batch, whichever process performs it. What was sent is not taken back. */
import type { AuditContext } from '../audit/event.ts';
import { runCancelled } from '../audit/events/runs.ts';
import type { AuditLog } from '../audit/log.ts';
import { hasRole, type Identity } from '../login/identity.ts';
import { RunNotYoursError } from './errors.ts';
import { auditContextOf } from './run-audit.ts';
import type { Run, RunStore } from './run-store.ts';

/**
 * Answers false when there was nothing to stop any more. For the person who confirmed the run, and for admins.
 *
 * @throws {@link RunNotYoursError}, {@link AuditUnavailableError}.
 */
export type CancelRun = (
  run: Run,
  identity: Pick<Identity, 'issuer' | 'subject' | 'login' | 'roles'>,
  request: Pick<AuditContext, 'reference' | 'clientAddress'>,
  /** When it was not a person who pressed the button. */
  because?: 'logout',
) => Promise<boolean>;

export function createCancelRun(deps: {
  readonly audit: AuditLog;
  readonly runs: RunStore;
  readonly scriptName: string;
}): CancelRun {
  return async function cancelRun(run, identity, { reference, clientAddress }, because) {
    const isOwn = identity.issuer === run.actor.issuer && identity.subject === run.actor.subject;
    if (!isOwn && !hasRole(identity, 'admin')) throw new RunNotYoursError('cancel');
    if (run.status !== 'running' || run.cancelRequestedAt !== undefined) return false;
    const context: AuditContext = {
      ...auditContextOf(run, deps.scriptName),
      reference,
      clientAddress,
      person: isOwn
        ? { login: run.actor.login, id: run.actor.id, proven: true }
        : { login: identity.login, proven: true },
      subject: { issuer: identity.issuer, subject: identity.subject },
    };
    let isNew = false;
    await deps.audit.append(runCancelled(context, { runOf: run.actor.login, because }), {
      alongside: async (executor) => {
        isNew = await deps.runs.requestCancel(executor, run.id);
      },
    });
    return isNew;
  };
}

/** A run in the words of the audit log. Pure. */
import type { AuditContext, AuditedChange, AuditedRowOutcome } from '../audit/event.ts';
import type { Change } from '../actions/plan.ts';
import type { Actor } from './actor.ts';
import type { Run } from './run-store.ts';
import type { Outcomes, PositionedChange } from './write-batch.ts';

/** Whom ShotGrid is really called by when it is called for this person. */
export function realActorOf(actor: Pick<Actor, 'login' | 'bySelf'>, scriptName: string): AuditContext['realActor'] {
  return actor.bySelf === true ? { type: 'HumanUser', name: actor.login } : { type: 'ApiUser', name: scriptName };
}

/** Both identities of everything a run does: the person acted for, and whom ShotGrid is called by. */
export function auditContextOf(
  run: Pick<Run, 'id' | 'launchId' | 'actionId' | 'actor' | 'context'>,
  scriptName: string,
): AuditContext {
  const { actor, context } = run;
  return {
    reference: context.reference,
    clientAddress: context.clientAddress,
    person: { login: actor.login, id: actor.id, proven: true },
    realActor: realActorOf(actor, scriptName),
    subject: { issuer: actor.issuer, subject: actor.subject },
    actionId: run.actionId,
    launchId: run.launchId,
    runId: run.id,
    project: context.project,
    sessionUuid: actor.sessionUuid,
  };
}

export function auditedChange(change: Change): AuditedChange {
  return {
    kind: change.kind,
    entityType: change.entityType,
    id: change.id,
    name: change.name,
    fields: change.fields,
  };
}

/** Rows without an outcome yet are left out. */
export function auditedOutcomes(rows: readonly PositionedChange[], outcomes: Outcomes): readonly AuditedRowOutcome[] {
  return rows.flatMap(({ position, change }) => {
    const outcome = outcomes.get(position);
    if (outcome === undefined) return [];
    const { entityType, name, fields } = change;
    const { createdId, ...said } = { createdId: undefined, ...outcome };
    return [{ position, entityType, id: change.id ?? createdId, name, fields, ...said }];
  });
}

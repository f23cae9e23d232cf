/**
 * A record in the words of the Elastic Common Schema, as one JSON line for a collector. Pure. `event.original` is the
 * sealed line and `event.hash` its hash, so that whoever holds these lines can check the chain as `record.ts` tells it.
 */
import { isIP } from 'node:net';
import type { Checkpoint } from './checkpoint.ts';
import type { AuditOutcome } from './event.ts';
import { executorOf } from './executor.ts';
import { readContent } from './record.ts';
import type { RecordContent, SealedRecord } from './record.ts';

const ECS_VERSION = '8.17.0';

/** Where ECS files what happened, by the first word of our type. */
const CATEGORIES: Readonly<Record<string, string>> = {
  login: 'authentication',
  logout: 'authentication',
  identity: 'iam',
  sudo: 'iam',
  role: 'iam',
  approval: 'iam',
  csrf: 'web',
  click: 'web',
  launch: 'web',
  changes: 'database',
  menu: 'configuration',
};

/** By our whole type; whatever is refused is also `denied`. */
const KINDS: Readonly<Record<string, string>> = {
  'login.succeeded': 'start',
  'login.failed': 'start',
  'login.handed_over': 'start',
  logout: 'end',
  'run.confirmed': 'start',
  'run.finished': 'end',
  'changes.intended': 'change',
  'changes.performed': 'change',
  'menu.intended': 'change',
  'menu.changed': 'change',
  'menu.token_changed': 'change',
};

/** Both sides of "unknown" are the attempt whose result this record does not tell. */
const OUTCOMES: Readonly<Record<AuditOutcome, 'success' | 'failure' | 'unknown'>> = {
  success: 'success',
  intended: 'unknown',
  refused: 'failure',
  failed: 'failure',
  unknown: 'unknown',
};

/** One JSON object without a line end; it holds none inside. */
export function ecsLine(record: SealedRecord): string {
  const content = readContent(record);
  const { time, type, outcome, code, clientAddress, requestId } = content;
  const address = clientAddress === undefined || isIP(clientAddress) === 0 ? undefined : clientAddress;
  const reason = content.details?.['reason'];
  return JSON.stringify({
    '@timestamp': time,
    ecs: { version: ECS_VERSION },
    message: `${type}: ${outcome}${code === undefined ? '' : ` (${code})`}`,
    event: {
      // Sent again after a fault, a record has the same id: collectors can drop it.
      id: record.hash,
      sequence: record.seq,
      kind: 'event',
      module: 'understudy',
      dataset: 'understudy.audit',
      provider: 'understudy',
      action: type,
      category: [CATEGORIES[type.split('.')[0] ?? ''] ?? 'api'],
      type: [KINDS[type] ?? (outcome === 'refused' ? 'access' : 'info'), ...(outcome === 'refused' ? ['denied'] : [])],
      outcome: OUTCOMES[outcome],
      code,
      reason: typeof reason === 'string' ? reason : undefined,
      hash: record.hash,
      original: record.line,
    },
    user: userOf(content),
    client: clientAddress === undefined ? undefined : { address: clientAddress, ip: address },
    source: address === undefined ? undefined : { ip: address },
    http: requestId === undefined ? undefined : { request: { id: requestId } },
    related: relatedOf(content, address),
    labels: labelsOf(content),
  });
}

/** The checkpoint behind exported records, in the same words: it travels whole in a field of our own. */
export function ecsCheckpointLine(checkpoint: Checkpoint): string {
  return JSON.stringify({
    '@timestamp': checkpoint.time,
    ecs: { version: ECS_VERSION },
    message: `audit checkpoint of ${checkpoint.size} records`,
    event: {
      kind: 'state',
      module: 'understudy',
      dataset: 'understudy.audit_checkpoint',
      provider: 'understudy',
      sequence: checkpoint.size,
      hash: checkpoint.head,
    },
    understudy: { checkpoint: { checkpoint: 'v1', ...checkpoint } },
  });
}

/** As for sudo: `user` is who really acted, `user.effective` whose rights were used. */
function userOf({ person, realActor }: RecordContent): object | undefined {
  const as = person === undefined ? undefined : { name: person.login, id: idOf(person.id) };
  // Nobody else is acted as where the person's own session is used.
  if (realActor === undefined || realActor.type === 'HumanUser') return as;
  return { name: realActor.name, effective: as };
}

function relatedOf({ person, realActor, subject }: RecordContent, address: string | undefined): object {
  const user = [person?.login, realActor?.name, subject?.subject].filter((name) => name !== undefined);
  return { user: [...new Set(user)], ip: address === undefined ? undefined : [address] };
}

/** Labels are keywords: flat, and text. */
function labelsOf(content: RecordContent): object {
  const { reference, actionId, launchId, runId, project, sessionUuid, person, outcome } = content;
  return {
    outcome,
    executor: executorOf(content),
    reference,
    action_id: actionId,
    launch_id: launchId,
    run_id: runId,
    project_id: idOf(project?.id),
    project_name: project?.name,
    session_uuid: sessionUuid,
    person_proven: person === undefined ? undefined : String(person.proven),
    idp_issuer: content.subject?.issuer,
    idp_subject: content.subject?.subject,
  };
}

function idOf(id: number | undefined): string | undefined {
  return id === undefined ? undefined : String(id);
}

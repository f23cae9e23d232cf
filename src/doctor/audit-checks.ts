/** The audit log: the end of its chain, and the last statement that is signed. */
import { readPublicKeys, checkCheckpoint } from '../audit/checkpoint.ts';
import type { AuditTables } from '../audit/tables.ts';
import { verifyTail } from '../audit/verify-tail.ts';
import type { Database } from '../database/open.ts';
import { checkWith, type Look } from './look.ts';
import { failure, ok, warning, type Check, type Finding } from './report.ts';
import { NO_DATABASE } from './storage-checks.ts';

/** Read and hashed in a few hundredths of a second. */
const TAIL_RECORDS = 1_000;
/** A server that is busy, or that just started, may be this late. */
const LATE_FACTOR = 2;

export function auditChecks(look: Look): readonly Check[] {
  return [
    checkWith(look, ['DATABASE_URL'], {
      id: 'audit_tail',
      title: 'End of the audit log',
      async run() {
        const database = await look.database();
        return database === undefined ? NO_DATABASE : judgeTail(database);
      },
    }),
    checkWith(look, ['DATABASE_URL', 'AUDIT_CHECKPOINT_KEYS'], {
      id: 'checkpoint',
      title: 'Checkpoints',
      async run() {
        if (look.secrets.auditCheckpointKeys.length === 0) {
          return warning(
            'Nothing is signed: if the end of the log were cut off, nobody could tell.',
            'Make a key with "understudy audit keygen", set AUDIT_CHECKPOINT_KEYS, and keep the checkpoints on another machine.',
          );
        }
        const database = await look.database();
        return database === undefined ? NO_DATABASE : judgeCheckpoint(look, database);
      },
    }),
  ];
}

async function judgeTail(database: Database): Promise<Finding> {
  const result = await verifyTail(database.db.$extendTables<AuditTables>(), TAIL_RECORDS);
  if (!result.intact) {
    return failure(
      `The chain is broken at record ${result.brokenAt} (${result.reason}).`,
      'Keep a copy of the database as it is, run "understudy audit verify", and tell your auditors.',
    );
  }
  const { size, after = 0 } = result;
  if (size === 0) return ok('There is no record yet.');
  return ok(after === 0 ? `All ${size} records fit.` : `Records ${after + 1} to ${size} fit.`);
}

async function judgeCheckpoint({ secrets, config, now }: Look, database: Database): Promise<Finding> {
  const db = database.db.$extendTables<AuditTables>();
  const { seq } = await db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow();
  const last = await db.selectFrom('audit_checkpoints').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst();
  const { checkpointEveryMinutes: minutes, checkpointEveryRecords: records } = config.audit;
  const overdue = 'See that a server runs with these keys, and what its log says of checkpoints.';
  if (last === undefined) {
    if (seq === 0) return ok('There is no record to sign yet.');
    return warning(`None of ${seq} records is covered by a checkpoint yet.`, overdue);
  }
  const keys = readPublicKeys(secrets.auditCheckpointKeys);
  const fault = checkCheckpoint({ ...last, keyId: last.key_id }, keys);
  if (fault === 'bad_signature') {
    return failure(
      `The last checkpoint, of record ${last.size}, is not what was signed.`,
      'Keep a copy of the database as it is, and compare with the checkpoints that are kept elsewhere: "understudy audit verify --checkpoint".',
    );
  }
  if (fault === 'unknown_key') {
    return warning(
      `The last checkpoint, of record ${last.size}, is signed with key ${last.key_id}, which is not among AUDIT_CHECKPOINT_KEYS.`,
      'If the key was replaced just now, this passes with the next checkpoint; if not, find out who signs.',
    );
  }
  const ageMinutes = (now().getTime() - Date.parse(last.time)) / 60_000;
  const behind = seq - last.size;
  if (behind >= LATE_FACTOR * records || (behind > 0 && ageMinutes > LATE_FACTOR * minutes)) {
    return warning(`The last checkpoint, at ${last.time}, leaves ${behind} records uncovered.`, overdue);
  }
  return ok(`The last one, at ${last.time}, covers record ${last.size} of ${seq}.`);
}

/** Configuration → the log with what goes on beside it: signed checkpoints, and every record once more for collectors. */
import { createAuditBeside, type AuditBeside } from '../audit/beside.ts';
import { readPublicKeys, readSigningKey } from '../audit/checkpoint.ts';
import { createCheckpoints, type Checkpoints } from '../audit/checkpoints.ts';
import { createAuditLog, type AuditLog } from '../audit/log.ts';
import { addressTarget, createSink, fileTarget } from '../audit/sink.ts';
import type { AuditTables } from '../audit/tables.ts';
import type { Config, Secrets } from '../config/config.ts';
import type { Database } from '../database/open.ts';
import type { Logger } from './logger.ts';

/** The log; its `close` also ends what goes on beside it, and comes before the database's. */
export function createAudit(deps: {
  readonly database: Database;
  readonly config: Config;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly now: () => Date;
  /** Names this process among the replicas. */
  readonly owner: string;
}): AuditLog & { readonly beside: AuditBeside } {
  const { database, config, secrets, log, now, owner } = deps;
  const db = database.db.$extendTables<AuditTables>();
  const targets = [
    ...(config.audit.sinkFile === undefined ? [] : [fileTarget(config.audit.sinkFile)]),
    ...(secrets.auditSinkUrl === undefined ? [] : [addressTarget(secrets.auditSinkUrl)]),
  ];
  const sinks = targets.map((target) =>
    createSink({
      db,
      target,
      owner,
      now,
      onTrouble: (sink, error) => log.warn({ sink, reason: reasonOf(error) }, 'records wait for their second sink'),
    }),
  );
  const checkpoints = createPlannedCheckpoints();
  const audit = createAuditLog({
    database,
    now,
    onCommitted: (size) => {
      checkpoints?.wake(size);
      for (const sink of sinks) sink.wake();
    },
  });
  return {
    ...audit,
    beside: createAuditBeside({
      db,
      log: audit,
      keys: readPublicKeys(secrets.auditCheckpointKeys),
      sinks,
      sign: checkpoints?.sign,
    }),
    close: async () => {
      await audit.close();
      await checkpoints?.close();
      await Promise.all(sinks.map((sink) => sink.close()));
    },
  };

  function createPlannedCheckpoints(): Checkpoints | undefined {
    const [newest] = secrets.auditCheckpointKeys;
    if (newest === undefined) {
      log.warn({}, 'AUDIT_CHECKPOINT_KEYS is not set: nothing will show whether the end of the log was cut off');
      return undefined;
    }
    return createCheckpoints({
      db,
      now,
      plan: {
        key: readSigningKey(newest),
        everyRecords: config.audit.checkpointEveryRecords,
        everyMinutes: config.audit.checkpointEveryMinutes,
        toLog: (checkpoint) => log.info({ checkpoint: { checkpoint: 'v1', ...checkpoint } }, 'audit checkpoint'),
        file: config.audit.checkpointFile,
        url: secrets.auditCheckpointUrl,
      },
      onTrouble: (where, error) => log.warn({ where, reason: reasonOf(error) }, 'a checkpoint has trouble'),
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

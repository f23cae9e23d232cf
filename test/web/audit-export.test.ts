/** What an export does while others go on writing: it ends where its checkpoint says that the log ends. */
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import supertest from 'supertest';
import { createAuditBeside } from '../../src/audit/beside.ts';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { createCheckpoints } from '../../src/audit/checkpoints.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import type { Recorder } from '../../src/web/recorder.ts';
import { exportAudit } from '../../src/web/routes/audit-export.ts';
import { newKey } from '../audit/logs.ts';
import { databases } from '../support/databases.ts';

const now = () => new Date('2026-01-02T03:04:05.678Z');
const [{ open }] = databases as [(typeof databases)[number]];

describe('an export', () => {
  it.each(['csv', 'jsonl', 'ecs', 'log'])('as %s leaves out what is written after its checkpoint', async (format) => {
    const database = await open();
    const db = database.db.$extendTables<AuditTables>();
    const log = createAuditLog({ database, now });
    const key = newKey();
    const checkpoints = createCheckpoints({
      db,
      now,
      plan: { key: key.signing, everyRecords: 1_000, everyMinutes: 60, toLog: () => undefined },
      onTrouble: () => undefined,
    });
    const auditBeside = createAuditBeside({
      db,
      log,
      keys: key.keys,
      sinks: [],
      sign: async () => {
        const signed = await checkpoints.sign();
        await log.append([loggedOut({ reference: 'LATER' }), loggedOut({ reference: 'LATER' })]);
        return signed;
      },
    });
    const recorded: unknown[] = [];
    const recorder = {
      auditExportStarted: () => Promise.resolve(),
      auditExported: (_request: unknown, sent: unknown) => Promise.resolve(void recorded.push(sent)),
    } as unknown as Recorder;
    const app = express().get('/', exportAudit({ audit: log, auditBeside, recorder, now }));
    try {
      await log.append([1, 2, 3].map((n) => loggedOut({ reference: `R${n}` })));
      const answer = await supertest(app).get('/').query({ format }).buffer(true);
      expect(parseCheckpoint(answer.headers['audit-checkpoint']!)).toMatchObject({ size: 3 });
      expect(answer.text).toContain('R3');
      expect(answer.text).not.toContain('LATER');
      expect(recorded).toEqual([{ format, filter: {}, records: 3, complete: true, checkpoint: 3 }]);
      const late = await supertest(app).get('/').query({ format, reference: 'NONE' }).buffer(true);
      expect(late.status).toBe(200);
    } finally {
      await checkpoints.close();
      await log.close();
    }
  });
});

/** A log held against the checkpoints of its own database, and where its second sinks are. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createAuditBeside, type AuditBeside } from '../../src/audit/beside.ts';
import { signCheckpoint, type PublicKeys, type SigningKey } from '../../src/audit/checkpoint.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog, type AuditLog } from '../../src/audit/log.ts';
import type { SinkStatus } from '../../src/audit/sink.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import type { Database } from '../../src/database/open.ts';
import { databases } from '../support/databases.ts';
import { newKey } from './logs.ts';

const key = newKey();
const oldKey = newKey();
const NOON = new Date('2026-01-02T12:00:00Z');

describe.each(databases)('what stands beside a log in $name', ({ open }) => {
  let database: Database;
  let log: AuditLog;
  beforeEach(async () => {
    database = await open();
    log = createAuditLog({ database, now: () => NOON });
    await log.append(Array.from({ length: 5 }, () => loggedOut({})));
  });
  afterEach(() => log.close());

  const db = () => database.db.$extendTables<AuditTables>();
  const beside = (keys: PublicKeys = key.keys, sinks: readonly SinkStatus[] = []): AuditBeside =>
    createAuditBeside({ db: db(), log, keys, sinks: sinks.map((status) => ({ status: () => status })) });

  /** Signs what is there now, or says of it what is not so. */
  async function sign(by: SigningKey = key.signing, lie: { readonly size?: number; readonly head?: string } = {}) {
    const { seq, hash } = await db().selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow();
    const signed = signCheckpoint({ seq: lie.size ?? seq, hash: lie.head ?? hash }, NOON, by);
    const { keyId, ...row } = signed;
    await db()
      .insertInto('audit_checkpoints')
      .values({ ...row, key_id: keyId })
      .execute();
    return signed;
  }

  it('is nothing yet: the log is checked by itself', async () => {
    expect(await beside().verify()).toMatchObject({
      result: { intact: true, size: 5 },
      newest: undefined,
      checked: [],
    });
  });

  it('are checkpoints, newest first, and the log agrees with each', async () => {
    await sign();
    await log.append(loggedOut({}));
    const newest = await sign();
    await log.append(loggedOut({}));
    expect(await beside().verify()).toMatchObject({
      result: { intact: true, size: 7, signedUpTo: 6 },
      newest,
      checked: [{ size: 6 }, { size: 5 }],
      unknown: 0,
    });
  });

  it('are some that this server has no key for any more: they are counted, and not held against the log', async () => {
    await sign(oldKey.signing);
    expect(await beside().verify()).toMatchObject({ result: { intact: true }, checked: [], unknown: 1 });
    await log.append(loggedOut({}));
    await sign();
    expect(await beside().verify()).toMatchObject({ result: { signedUpTo: 6 }, newest: { size: 6 }, unknown: 1 });
  });

  it.each([
    ['that the end is gone', { size: 9 }, { reason: 'cut', brokenAt: 6 }],
    ['that records were made anew', { head: 'f'.repeat(64) }, { reason: 'rewritten', brokenAt: 5 }],
  ])('shows %s', async (_what, lie, result) => {
    await sign(key.signing, lie);
    expect(await beside().verify()).toMatchObject({ result: { intact: false, ...result } });
  });

  it('shows that a checkpoint was made up', async () => {
    const signed = await sign(oldKey.signing);
    const [keyId = ''] = key.keys.keys();
    await log.append(loggedOut({}));
    await db()
      .insertInto('audit_checkpoints')
      .values({ size: 6, head: signed.head, time: signed.time, signature: signed.signature, key_id: keyId })
      .execute();
    expect(await beside().verify()).toMatchObject({ result: { intact: false, reason: 'bad_signature', brokenAt: 6 } });
  });

  it('are sinks: how far each has got, how far behind that is, and why it waits', async () => {
    await db()
      .insertInto('audit_sinks')
      .values({ name: 'file:/a', seq: 3, owner: 'another process', owned_until: NOON.toISOString() })
      .execute();
    const sinks = [{ name: 'file:/a' }, { name: 'url:b', forwardedUpTo: 0, trouble: 'the answer was 503' }];
    expect(await beside(key.keys, sinks).sinks()).toEqual([
      { name: 'file:/a', forwardedUpTo: 3, behindBy: 2, trouble: undefined },
      { name: 'url:b', forwardedUpTo: 0, behindBy: 5, trouble: 'the answer was 503' },
    ]);
    expect(await beside().sinks()).toEqual([]);
  });

  it('cannot be read while the database cannot', async () => {
    await sql`alter table audit_sinks rename to away`.execute(db());
    const sinks = [{ name: 'file:/a' }];
    await expect(beside(key.keys, sinks).sinks()).rejects.toMatchObject({ code: 'audit_unavailable' });
  });
});

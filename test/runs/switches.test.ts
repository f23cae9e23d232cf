import { describe, expect, it } from '@jest/globals';
import { createAuditLog } from '../../src/audit/log.ts';
import { createConfirmRun, type Confirmation } from '../../src/runs/confirm.ts';
import { createRunStore, type RunOrigin } from '../../src/runs/run-store.ts';
import type { Hold } from '../../src/runs/hold.ts';
import { createSwitches } from '../../src/runs/switches.ts';
import { databases, type TestDatabases } from '../support/databases.ts';

const SINCE = new Date('2026-05-01T12:00:00.000Z');
const HOLD: Hold = { reason: 'moving house', by: { login: 'admin', name: 'Otto Brandt' }, since: SINCE };
const APPROVE = { kind: 'action', actionId: 'approve' } as const;
const READ_ONLY = { kind: 'read_only' } as const;

describe.each(databases)('switches in $name', ({ open }) => {
  it('say who, when and why, and nothing any more once they are on again', async () => {
    const { db } = await open();
    const switches = createSwitches({ db, now: () => SINCE });
    await switches.set(db, APPROVE, HOLD);
    await switches.set(db, READ_ONLY, { ...HOLD, reason: 'delivery' });
    expect(await switches.current()).toEqual({
      readOnly: { ...HOLD, reason: 'delivery' },
      actions: new Map([['approve', HOLD]]),
    });
    await switches.set(db, APPROVE, undefined);
    await switches.set(db, READ_ONLY, undefined);
    switches.forget();
    expect(await switches.current()).toEqual({ readOnly: undefined, actions: new Map() });
  });

  it('are known for a second, and then asked for anew, also when the clock was put back', async () => {
    const { db } = await open();
    let time = SINCE.getTime();
    const switches = createSwitches({ db, now: () => new Date(time) });
    expect((await switches.current()).readOnly).toBeUndefined();
    await createSwitches({ db, now: () => SINCE }).set(db, READ_ONLY, HOLD);
    time += 999;
    expect((await switches.current()).readOnly).toBeUndefined();
    time += 1;
    expect((await switches.current()).readOnly).toEqual(HOLD);
    await switches.set(db, READ_ONLY, undefined);
    time -= 3_600_000;
    expect((await switches.current()).readOnly).toBeUndefined();
  });

  it('let nothing pass when they cannot be read, and recover by themselves', async () => {
    const { db } = await open();
    const switches = createSwitches({ db, now: () => SINCE });
    await db.schema.alterTable('switches').renameTo('elsewhere').execute();
    for (const ask of [
      () => switches.verifyMayChange(),
      () => switches.verifyActionOn({ id: 'approve', title: 'Approve' }),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'store_unavailable', status: 503 });
    }
    await db.schema.alterTable('elsewhere').renameTo('switches').execute();
    await expect(switches.verifyMayChange()).resolves.toBeUndefined();
  });
});

describe.each(databases)('the last door before a run, in $name,', ({ open }) => {
  it('opens for nothing while all changes are refused: no click, no undo, no retry', async () => {
    const { confirmRun, switches, db, audit, first } = await parts(open);
    await switches.set(db, READ_ONLY, HOLD);
    for (const origin of [{ launchId: 'b' }, { undoOf: first }, { retryOf: first }]) {
      await expect(confirmRun(confirmationOf(origin))).rejects.toMatchObject({ code: 'read_only', status: 403 });
    }
    expect((await audit.search({ type: 'run.confirmed' })).records).toHaveLength(1);
  });

  it('opens for what takes back what an action did while the action is off, and for nothing that does it', async () => {
    const { confirmRun, switches, db, first } = await parts(open);
    await switches.set(db, APPROVE, HOLD);
    const refusal = { code: 'action_off', message: expect.stringContaining('“moving house”') };
    await expect(confirmRun(confirmationOf({ launchId: 'b' }))).rejects.toMatchObject(refusal);
    await expect(confirmRun(confirmationOf({ retryOf: first }))).rejects.toMatchObject(refusal);
    const { run: undo } = await confirmRun(confirmationOf({ undoOf: first }));
    await expect(confirmRun(confirmationOf({ undoOf: undo.id }))).rejects.toMatchObject(refusal);
    const { run: again } = await confirmRun(confirmationOf({ retryOf: undo.id }));
    expect(again.retryOf).toBe(undo.id);
    await expect(confirmRun(confirmationOf({ undoOf: 'gone' }))).rejects.toMatchObject(refusal);
    expect((await confirmRun({ ...confirmationOf({ launchId: 'c' }), actionId: 'other' })).isNew).toBe(true);
  });
});

async function parts(open: TestDatabases['open']) {
  const database = await open();
  const { db } = database;
  const now = () => SINCE;
  const audit = createAuditLog({ database, now });
  const runs = createRunStore(db, now);
  let ids = 0;
  const confirmRun = createConfirmRun({ audit, runs, scriptName: 'understudy', randomId: () => `run-${++ids}` });
  const { run } = await confirmRun(confirmationOf({ launchId: 'a' }));
  return { db, audit, confirmRun, switches: createSwitches({ db, now }), first: run.id };
}

function confirmationOf(origin: RunOrigin): Confirmation {
  const fields = [{ field: 'sg_status_list', before: 'rev', after: 'apr' }];
  return {
    ...origin,
    actionId: 'approve',
    actor: { id: 24, login: 'artist', name: 'Alma Ortiz', issuer: 'https://idp', subject: 'person-artist' },
    plan: { changes: [{ kind: 'update', entityType: 'Version', id: 1, name: 'v1', fields }], untouched: [] },
    digest: 'd',
    context: {
      title: 'Approve',
      entityType: 'Version',
      project: undefined,
      referrerPath: undefined,
      untouched: [],
      reference: 'AAAA-BBBB-CC',
      clientAddress: undefined,
    },
  };
}

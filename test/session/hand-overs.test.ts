import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../src/database/open.ts';
import {
  HandOverInvalidError,
  LaunchExpiredError,
  LaunchMovedError,
  LaunchNotYoursError,
  LaunchUnknownError,
} from '../../src/session/errors.ts';
import { createHandOvers, type HandOvers } from '../../src/session/hand-overs.ts';
import { createLaunchStore, type LaunchStore } from '../../src/session/launches.ts';
import { randomId } from '../../src/session/secret.ts';
import { databases } from '../support/databases.ts';

const SECRETS = ['the newest secret of all, long enough', 'the secret before it, which is long too'];
const SIGNED_IN = { identity: { login: 'artist' }, loggedInAt: '2026-05-01T12:00:00Z' };

describe.each(databases)('a sign-in handed over in $name', ({ open }) => {
  let database: Database;
  let launches: LaunchStore<object>;
  let handOvers: HandOvers;
  let time: Date;

  beforeEach(async () => {
    database = await open();
    after(0);
    launches = createLaunchStore<object>({ db: database.db, now: () => time, secure: true });
    handOvers = create(SECRETS);
  });

  const create = (secrets: readonly string[]): HandOvers =>
    createHandOvers({ db: database.db, now: () => time, secrets, secure: true });
  const after = (seconds: number): void => {
    time = new Date(Date.parse('2026-05-01T12:00:00Z') + seconds * 1000);
  };
  const click = async () => {
    const made = await launches.create({
      actionId: 'approve',
      payload: {},
      replayKey: randomId(),
      reference: 'R',
      framed: true,
    });
    const { id } = made.launch;
    return { id, cookie: made.cookie.value, ticket: await handOvers.ticket(id) };
  };
  const stored = async (): Promise<string> => {
    const tables = database.db.$extendTables<Record<'launches' | 'hand_overs', Record<string, unknown>>>();
    return JSON.stringify([
      await tables.selectFrom('launches').selectAll().execute(),
      await tables.selectFrom('hand_overs').selectAll().execute(),
    ]);
  };

  it('comes to the launch that it was offered for, once', async () => {
    const { id, ticket } = await click();
    expect(await handOvers.check(id, ticket)).toBe('waiting');
    const code = await handOvers.offer(id, ticket, SIGNED_IN);
    expect(await handOvers.redeem(id, code)).toEqual(SIGNED_IN);
    expect(await handOvers.check(id, ticket)).toBe('signed_in');
    await expect(handOvers.redeem(id, code)).rejects.toBeInstanceOf(HandOverInvalidError);
  });

  it('is stored sealed, and its code and ticket not at all', async () => {
    const { id, ticket } = await click();
    const code = await handOvers.offer(id, ticket, SIGNED_IN);
    const text = await stored();
    for (const secret of [code, ticket, 'artist']) expect(text).not.toContain(secret);
  });

  it('is taken by one of two frames that ask at the same moment', async () => {
    const { id, ticket } = await click();
    const code = await handOvers.offer(id, ticket, SIGNED_IN);
    const results = await Promise.allSettled([1, 2, 3].map(() => handOvers.redeem(id, code)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is worth nothing after a minute, for another launch, or once another window has offered one', async () => {
    const [one, other] = [await click(), await click()];
    const late = await handOvers.offer(one.id, one.ticket, SIGNED_IN);
    after(60);
    await expect(handOvers.redeem(one.id, late)).rejects.toBeInstanceOf(HandOverInvalidError);
    const code = await handOvers.offer(one.id, one.ticket, SIGNED_IN);
    await expect(handOvers.redeem(other.id, code)).rejects.toBeInstanceOf(HandOverInvalidError);
    const newer = await handOvers.offer(one.id, one.ticket, SIGNED_IN);
    await expect(handOvers.redeem(one.id, code)).rejects.toBeInstanceOf(HandOverInvalidError);
    expect(await handOvers.redeem(one.id, newer)).toEqual(SIGNED_IN);
  });

  it.each([undefined, null, '', 7, ['a'], 'a'.repeat(43)])('is not had for %j', async (code) => {
    const { id, ticket } = await click();
    await handOvers.offer(id, ticket, SIGNED_IN);
    await expect(handOvers.redeem(id, code)).rejects.toBeInstanceOf(HandOverInvalidError);
  });

  it('takes a ticket of this very launch, while the launch waits', async () => {
    const [one, other] = [await click(), await click()];
    const forged = [
      other.ticket,
      one.ticket.replace('0.', '1.'),
      one.ticket.replace('0.', '00.'),
      `${one.ticket}A`,
      one.ticket.slice(0, -1),
      `0.${'A'.repeat(43)}`,
      '',
      undefined,
      [one.ticket],
    ];
    for (const ticket of forged) {
      const tries = [
        handOvers.check(one.id, ticket),
        handOvers.offer(one.id, ticket, SIGNED_IN),
        handOvers.move(one.id, ticket),
      ];
      for (const attempt of await Promise.allSettled(tries)) {
        expect(attempt).toMatchObject({ status: 'rejected', reason: expect.any(LaunchNotYoursError) as unknown });
      }
    }
    await expect(handOvers.check(randomId(), one.ticket)).rejects.toBeInstanceOf(LaunchUnknownError);
    await expect(handOvers.check("' or 1=1 --", one.ticket)).rejects.toBeInstanceOf(LaunchUnknownError);
    after(900);
    await expect(handOvers.check(one.id, one.ticket)).rejects.toBeInstanceOf(LaunchExpiredError);
  });

  it('goes on with the secret before, and ends with one that is gone', async () => {
    const { id, ticket } = await click();
    const older = create(SECRETS.slice(1));
    expect(await handOvers.check(id, await older.ticket(id))).toBe('waiting');
    await expect(older.check(id, ticket)).rejects.toBeInstanceOf(LaunchNotYoursError);
  });

  it('can be made again when the frame asks again, with a ticket of its own', async () => {
    const { id, ticket } = await click();
    await handOvers.redeem(id, await handOvers.offer(id, ticket, SIGNED_IN));
    const next = await handOvers.ticket(id);
    expect(next).not.toBe(ticket);
    expect(await handOvers.check(id, next)).toBe('waiting');
    // The old link stays used, and what it still offers is not taken.
    const stale = await handOvers.offer(id, ticket, SIGNED_IN);
    await expect(handOvers.redeem(id, stale)).rejects.toBeInstanceOf(HandOverInvalidError);
    expect(await handOvers.redeem(id, await handOvers.offer(id, next, SIGNED_IN))).toEqual(SIGNED_IN);
  });

  it('is not made once the click has moved into a window, which alone may act from then on', async () => {
    const { id, cookie, ticket } = await click();
    const code = await handOvers.offer(id, ticket, SIGNED_IN);
    after(100);
    const moved = await handOvers.move(id, ticket);
    expect(moved).toMatchObject({ name: `__Host-launch.${id}`, maxAgeSeconds: 800 });
    expect(await launches.open(id, moved.value)).toMatchObject({ id });
    await expect(launches.open(id, cookie)).rejects.toBeInstanceOf(LaunchMovedError);
    await expect(handOvers.redeem(id, code)).rejects.toBeInstanceOf(HandOverInvalidError);
    await expect(handOvers.move(id, ticket)).rejects.toBeInstanceOf(LaunchMovedError);
    expect(await handOvers.check(id, ticket)).toBe('moved');
    expect(await handOvers.isFollower(id, cookie)).toBe(true);
    for (const other of [moved.value, 'x', '', undefined]) expect(await handOvers.isFollower(id, other)).toBe(false);
  });

  it('leaves the click in the frame that has signed in', async () => {
    const { id, cookie, ticket } = await click();
    await handOvers.redeem(id, await handOvers.offer(id, ticket, SIGNED_IN));
    await expect(handOvers.move(id, ticket)).rejects.toBeInstanceOf(HandOverInvalidError);
    expect(await launches.open(id, cookie)).toMatchObject({ id });
  });

  it('or goes on in the window, never both, when both want it at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, ticket } = await click();
      const code = await handOvers.offer(id, ticket, SIGNED_IN);
      const results = await Promise.allSettled([handOvers.move(id, ticket), handOvers.redeem(id, code)]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });

  it('is forgotten after its minute', async () => {
    const { id, ticket } = await click();
    await handOvers.offer(id, ticket, SIGNED_IN);
    expect(await handOvers.prune()).toBe(0);
    after(61);
    expect(await handOvers.prune()).toBe(1);
  });
});

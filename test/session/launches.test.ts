import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../src/database/open.ts';
import {
  ClickReplayedError,
  LaunchExpiredError,
  LaunchNotYoursError,
  LaunchUnknownError,
  SessionStoreUnavailableError,
} from '../../src/session/errors.ts';
import { createLaunchStore } from '../../src/session/launches.ts';
import type { LaunchStore } from '../../src/session/launches.ts';
import { randomId } from '../../src/session/secret.ts';
import { databases } from '../support/databases.ts';

type Payload = { readonly selectedIds: readonly number[]; readonly title?: string };

describe.each(databases)('launches in $name', ({ open }) => {
  let database: Database;
  let launches: LaunchStore<Payload>;
  let time: Date;

  beforeEach(async () => {
    database = await open();
    time = new Date('2026-05-01T12:00:00Z');
    launches = createLaunchStore<Payload>({ db: database.db, now: () => time, secure: true });
  });

  const click = (changes: { replayKey?: string; payload?: Payload } = {}) => ({
    actionId: 'approve',
    payload: { selectedIds: [6934, 6935] },
    replayKey: randomId(),
    reference: 'R-17',
    ...changes,
  });
  const after = (seconds: number) => {
    time = new Date(Date.parse('2026-05-01T12:00:00Z') + seconds * 1000);
  };

  it('come back to the browser that clicked, as they were', async () => {
    const payload = { selectedIds: [1, 2], title: "Café “x”\u0000 日本 😀 \\ '; drop table launches" };
    const { launch, cookie } = await launches.create(click({ payload }));
    expect(launch).toEqual({
      id: launch.id,
      actionId: 'approve',
      payload,
      reference: 'R-17',
      createdAt: new Date('2026-05-01T12:00:00Z'),
      expiresAt: new Date('2026-05-01T12:15:00Z'),
    });
    expect(launch.id).toMatch(/^[\w-]{22}$/);
    expect(cookie).toEqual({ name: `__Host-launch.${launch.id}`, value: cookie.value, maxAgeSeconds: 900 });
    expect(cookie.value).toMatch(/^[\w-]{43}$/);
    expect(await launches.open(launch.id, cookie.value)).toEqual(launch);
    expect(await launches.find(launch.id)).toEqual(launch);
  });

  it('have a plain cookie name on http', async () => {
    const plain = createLaunchStore<Payload>({ db: database.db, now: () => time, secure: false });
    const { launch, cookie } = await plain.create(click());
    expect(cookie.name).toBe(`launch.${launch.id}`);
    expect(plain.cookieName(launch.id)).toBe(cookie.name);
  });

  it('keep no cookie: what is stored opens nothing', async () => {
    const { launch, cookie } = await launches.create(click());
    const row = await database.db
      .$extendTables<{ launches: Record<string, string> }>()
      .selectFrom('launches')
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(cookie.value);
    await expect(launches.open(launch.id, row['cookie_hash'])).rejects.toThrow(LaunchNotYoursError);
  });

  it('are not opened from another browser', async () => {
    const [mine, theirs] = [await launches.create(click()), await launches.create(click())];
    for (const value of [undefined, '', 'x', theirs.cookie.value, `${mine.cookie.value}x`]) {
      await expect(launches.open(mine.launch.id, value)).rejects.toThrow(LaunchNotYoursError);
    }
  });

  it('of twenty clicks at once are twenty, each with its own rows', async () => {
    const created = await Promise.all(
      Array.from({ length: 20 }, (_, i) => launches.create(click({ payload: { selectedIds: [i] } }))),
    );
    expect(new Set(created.map(({ cookie }) => cookie.name)).size).toBe(20);
    const opened = await Promise.all(
      created
        .reverse()
        .map(async ({ launch, cookie }) => [launch, await launches.open(launch.id, cookie.value)] as const),
    );
    for (const [launch, again] of opened) expect(again.payload).toEqual(launch.payload);
  });

  it('of one click sent many times at once are one', async () => {
    const replayed = click();
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => launches.create(replayed)));
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refused).toHaveLength(9);
    for (const reason of refused) expect(reason).toBeInstanceOf(ClickReplayedError);
  });

  it('of a click sent again later are refused, also after the first expired', async () => {
    const replayed = click();
    await launches.create(replayed);
    await expect(launches.create(replayed)).rejects.toMatchObject({ code: 'ami_replayed', status: 409 });
    after(3600);
    await launches.prune();
    await expect(launches.create(replayed)).rejects.toThrow(ClickReplayedError);
  });

  it('expire after 15 minutes, and say so to anybody', async () => {
    const { launch, cookie } = await launches.create(click());
    after(899);
    expect((await launches.open(launch.id, cookie.value)).id).toBe(launch.id);
    after(900);
    await expect(launches.open(launch.id, cookie.value)).rejects.toThrow(LaunchExpiredError);
    await expect(launches.open(launch.id, undefined)).rejects.toThrow(LaunchExpiredError);
    await expect(launches.claim(launch.id, 'subject')).rejects.toThrow(LaunchExpiredError);
    expect(await launches.find(launch.id)).toEqual(launch);
  });

  it('are forgotten a day after they expired', async () => {
    const { launch, cookie } = await launches.create(click());
    after(900 + 86_400);
    expect(await launches.prune()).toBe(0);
    after(900 + 86_401);
    expect(await launches.prune()).toBe(1);
    await expect(launches.open(launch.id, cookie.value)).rejects.toThrow(LaunchUnknownError);
    expect(await launches.find(launch.id)).toBeUndefined();
  });

  it('are claimed by one person, as often as they like', async () => {
    const { launch, cookie } = await launches.create(click());
    const claimed = { ...launch, subject: 'idp|artist', claimedAt: time };
    expect(await launches.claim(launch.id, 'idp|artist')).toEqual(claimed);
    after(60);
    expect(await launches.claim(launch.id, 'idp|artist')).toEqual(claimed);
    expect(await launches.open(launch.id, cookie.value)).toEqual(claimed);
    await expect(launches.claim(launch.id, 'idp|manager')).rejects.toThrow(LaunchNotYoursError);
  });

  it('are claimed by one of two people who try at once', async () => {
    const { launch } = await launches.create(click());
    const people = ['a', 'b', 'c', 'd'];
    const results = await Promise.allSettled(people.map((subject) => launches.claim(launch.id, subject)));
    const winners = results.filter((result) => result.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect((await launches.find(launch.id))?.subject).toBe(winners[0]?.value.subject);
  });

  it.each([
    '',
    'x',
    '../../etc/passwd',
    "' or 1=1 --",
    'A'.repeat(21),
    'A'.repeat(23),
    `${'A'.repeat(21)}\n`,
    '__proto__',
  ])('are not asked for in the database when the address is %j', async (id) => {
    await database.close();
    await expect(launches.open(id, 'x')).rejects.toThrow(LaunchUnknownError);
    await expect(launches.claim(id, 'x')).rejects.toThrow(LaunchUnknownError);
    expect(await launches.find(id)).toBeUndefined();
  });

  it('that nobody made are unknown', async () => {
    await expect(launches.open(randomId(), 'x')).rejects.toMatchObject({ code: 'launch_unknown', status: 404 });
    await expect(launches.claim(randomId(), 'x')).rejects.toThrow(LaunchUnknownError);
  });

  it('commit or vanish together with what else their transaction holds', async () => {
    const rolledBack = click();
    await expect(
      database.db.transaction().execute(async (transaction) => {
        await launches.create(rolledBack, transaction);
        throw new Error('the record was refused');
      }),
    ).rejects.toThrow('the record was refused');
    const { launch } = await database.db
      .transaction()
      .execute((transaction) => launches.create(rolledBack, transaction));
    expect(await launches.find(launch.id)).toEqual(launch);
  });

  it('say that the store is away when the database is', async () => {
    const { launch, cookie } = await launches.create(click());
    await database.close();
    await expect(launches.create(click())).rejects.toThrow(SessionStoreUnavailableError);
    await expect(launches.open(launch.id, cookie.value)).rejects.toMatchObject({
      code: 'store_unavailable',
      status: 503,
    });
    await expect(launches.claim(launch.id, 'x')).rejects.toThrow(SessionStoreUnavailableError);
    await expect(launches.prune()).rejects.toThrow(SessionStoreUnavailableError);
  });
});

import { describe, expect, it } from '@jest/globals';
import { createLogoutTokens } from '../../src/session/logout-tokens.ts';
import { databases } from '../support/databases.ts';

const NOON = new Date('2026-05-01T12:00:00Z');
const later = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);

describe.each(databases)('logout tokens in $name', ({ open }) => {
  it('are taken once, at whichever replica, until they are given back or long expired', async () => {
    const { db } = await open();
    let time = NOON;
    const [one, other] = [createLogoutTokens({ db, now: () => time }), createLogoutTokens({ db, now: () => time })];
    const takes = await Promise.all([one, other, one, other].map((tokens) => tokens.take('a', later(2))));
    expect(takes.filter(Boolean)).toHaveLength(1);
    expect(await other.take('b', later(2))).toBe(true);
    await one.giveBack('a');
    expect(await other.take('a', later(2))).toBe(true);
    expect(await one.prune()).toBe(0);
    time = later(3);
    expect(await one.prune()).toBe(2);
  });
});

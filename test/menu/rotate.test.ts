/** A change of token that is killed at every step there is, and begun again: whatever item is in the menu, its clicks verify. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startStudio, type Studio } from '../../infra/studio/start.ts';
import { verifySignature } from '../../src/ami/signature.ts';
import { rotateToken, type RotateDeps, type RotateResult } from '../../src/menu/rotate.ts';
import { acceptedTokens, formatTokens, parseTokens, type TokensState } from '../../src/menu/tokens.ts';
import { createShotgrid, type Shotgrid } from '../../src/shotgrid/client.ts';
import { formOf, liveItems } from './clicks.ts';

const OURS = 'http://localhost:1';
const [FIRST, OVERLAP_MS] = ['f'.repeat(40), 3_600_000];

let studio: Studio | undefined;
let shotgrid: Shotgrid | undefined;
let state: TokensState;
let time: number;
let made: number;
/** Called before and after everything that leaves a trace: throws where the process is to be killed. */
let trace: () => void = () => undefined;

beforeAll(async () => {
  studio = await startStudio({ server: OURS, hasMenuItems: false });
  const { url: siteUrl, scriptName, scriptKey } = studio.site;
  shotgrid = createShotgrid({ siteUrl, scriptName, scriptKey, now: () => new Date() });
});
afterAll(async () => {
  await shotgrid?.close();
  await studio?.close();
});
beforeEach(() => {
  const item = { url: `${OURS}/ami/approve`, entityType: 'Version', secretToken: FIRST, selectionRequired: true };
  studio!.site.setMenuItems([
    { ...item, title: 'Approve', folder: 'Review' },
    { ...item, title: 'Approve for all', entityType: null },
    { ...item, title: 'Another', url: `${OURS}/ami/retire` },
  ]);
  time = Date.now();
  made = 0;
  trace = () => undefined;
  state = new Map([['approve', { tokens: [{ token: FIRST, made: new Date(time) }] }]]);
});

function deps(): RotateDeps {
  const script = shotgrid!.asScript();
  const traced = async <T>(act: () => Promise<T>): Promise<T> => {
    trace();
    const done = await act();
    trace();
    return done;
  };
  return {
    script: {
      ...script,
      create: (...all) => traced(() => script.create(...all)),
      batch: (...all) => traced(() => script.batch(...all)),
    },
    publicUrl: OURS,
    tokens: {
      read: () => Promise.resolve(state),
      update: (change) =>
        traced(() => {
          // As it would be read by the next process.
          state = parseTokens(formatTokens(change(state)));
          return Promise.resolve(state);
        }),
    },
    newToken: () => `${++made}`.repeat(40),
    now: () => new Date(time),
    sleep: (ms) => {
      trace();
      time += ms;
      return Promise.resolve();
    },
    maxAgeSeconds: 10,
    onStep: trace,
  };
}
const rotate = (finish = false): Promise<RotateResult> =>
  rotateToken(deps(), { action: 'approve', overlapMs: OVERLAP_MS, finish });

/** Every item of the menu can be clicked now. */
async function everyClickVerifies(): Promise<void> {
  const secretTokens = acceptedTokens(state, 'approve', new Date(time));
  for (const { id, url } of liveItems(studio!.site)) {
    const form = url === `${OURS}/ami/approve` ? await formOf(studio!.site, id) : undefined;
    if (form !== undefined) verifySignature(new Map(form), { secretTokens, algorithm: 'sha1' });
  }
}
const menu = () => liveItems(studio!.site).map(({ title, folder }) => [title, folder]);

describe('a change of a secret token', () => {
  it('stands new items beside the old ones, and ends with the new ones alone', async () => {
    expect(await rotate()).toMatchObject({ state: 'both_accepted', until: new Date(time + OVERLAP_MS) });
    expect(menu()).toEqual([
      ['Approve (old)', 'Review'],
      ['Approve for all (old)', null],
      ['Another', null],
      ['Approve', 'Review'],
      ['Approve for all', null],
    ]);
    expect(acceptedTokens(state, 'approve', new Date(time))).toEqual(['1'.repeat(40), FIRST]);
    await everyClickVerifies();

    time += OVERLAP_MS / 2;
    expect(await rotate()).toMatchObject({ state: 'both_accepted' });
    expect([menu().length, made]).toEqual([5, 1]);

    time += OVERLAP_MS / 2;
    expect(acceptedTokens(state, 'approve', new Date(time))).toEqual(['1'.repeat(40)]);
    expect(await rotate()).toMatchObject({ state: 'finished' });
    expect(menu().map(([title]) => title)).toEqual(['Another', 'Approve', 'Approve for all']);
    expect(state.get('approve')).toEqual({ tokens: [{ token: '1'.repeat(40), made: expect.any(Date) }] });
    await everyClickVerifies();
  });

  it('may be ended before its time, and then accepts clicks that are under way for as long as they are fresh', async () => {
    await rotate();
    const { sleep, ...rest } = deps();
    let accepted: readonly string[] = [];
    const watching = (ms: number): Promise<void> => {
      accepted = acceptedTokens(state, 'approve', new Date(time));
      return sleep(ms);
    };
    await rotateToken({ ...rest, sleep: watching }, { action: 'approve', overlapMs: OVERLAP_MS, finish: true });
    expect(accepted).toContain(FIRST);
    expect(acceptedTokens(state, 'approve', new Date(time))).toEqual(['1'.repeat(40)]);
  });

  it.each([false, true])(
    'goes on where it was killed, at whatever step, and no click is lost (--finish: %s)',
    async (isFinish) => {
      for (let kills = 0; ; kills += 1) {
        // Each start comes one step further before it is killed.
        let steps = 0;
        const limit = kills;
        trace = () => {
          steps += 1;
          if (steps > limit) throw new Error('killed');
        };
        const [result] = await Promise.allSettled([rotate()]);
        await everyClickVerifies();
        if (result.status === 'fulfilled') break;
        if (kills > 100) throw new Error('does not come to an end');
      }
      expect([menu().length, made]).toEqual([5, expect.any(Number)]);
      if (!isFinish) time += OVERLAP_MS;
      for (let limit = 0; limit <= 100; limit += 1) {
        let steps = 0;
        trace = () => {
          steps += 1;
          if (steps > limit) throw new Error('killed');
        };
        const [result] = await Promise.allSettled([rotate(isFinish)]);
        if (isFinish) await everyClickVerifies();
        // Killed after the last step of all, it has ended: what is begun then is another.
        if (result.status === 'fulfilled' || state.get('approve')?.rotation === undefined) break;
      }
      expect(menu().map(([title]) => title)).toEqual(['Another', 'Approve', 'Approve for all']);
      expect(state.get('approve')?.rotation).toBeUndefined();
      await everyClickVerifies();
    },
  );

  it('does not make a new item for one that somebody retired meanwhile', async () => {
    const [first] = liveItems(studio!.site);
    trace = () => {
      if (made > 0) throw new Error('killed');
    };
    await rotate().catch(() => undefined);
    trace = () => undefined;
    studio!.site.retire('ActionMenuItem', first!.id);
    await rotate();
    expect(menu().map(([title]) => title)).toEqual(['Approve for all (old)', 'Another', 'Approve for all']);
  });

  it('is not begun where there is nothing to change, nor ended where none was begun', async () => {
    const begin = (action: string, finish: boolean) => rotateToken(deps(), { action, overlapMs: 1, finish });
    await expect(begin('gone', false)).rejects.toThrow('No menu item of this site calls "gone".');
    await expect(begin('approve', true)).rejects.toThrow('No change of the token of "approve" is under way.');
    expect([made, state.get('approve')?.tokens.length]).toEqual([0, 1]);
  });
});

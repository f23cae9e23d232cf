import { describe, expect, it } from '@jest/globals';
import {
  KEEP_AFTER_MS,
  PUBLISH_AHEAD_MS,
  ROTATE_AFTER_MS,
  scheduleKeys,
  type ScheduledKey,
} from '../../src/assertion/schedule.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number): Date => new Date(START + ms);
const key = (ms: number, canSign = true): ScheduledKey => ({ signsFrom: at(ms), canSign });

describe('the schedule of signing keys', () => {
  it('wants a first key at once', () => {
    expect(scheduleKeys([], at(0))).toEqual({ signing: undefined, published: [], obsolete: [], nextSignsFrom: at(0) });
  });

  it('is content with one for as long as it is young', () => {
    const only = key(0);
    for (const ms of [0, 1, ROTATE_AFTER_MS - PUBLISH_AHEAD_MS - 1]) {
      expect(scheduleKeys([only], at(ms))).toEqual({
        signing: only,
        published: [only],
        obsolete: [],
        nextSignsFrom: undefined,
      });
    }
  });

  it('wants the next in time to be fetched before it signs', () => {
    const due = ROTATE_AFTER_MS - PUBLISH_AHEAD_MS;
    expect(scheduleKeys([key(0)], at(due)).nextSignsFrom).toEqual(at(ROTATE_AFTER_MS));
    // Nobody asked for a token for a year: the old key goes on until the new one was published for long enough.
    const late = scheduleKeys([key(0)], at(12 * ROTATE_AFTER_MS));
    expect(late).toMatchObject({ signing: key(0), nextSignsFrom: at(12 * ROTATE_AFTER_MS + PUBLISH_AHEAD_MS) });
  });

  it('publishes old and new around the change, and signs with one', () => {
    const [old, next] = [key(0), key(1000)];
    expect(scheduleKeys([next, old], at(999))).toMatchObject({ signing: old, published: [old, next] });
    expect(scheduleKeys([next, old], at(1000))).toMatchObject({ signing: next, published: [old, next], obsolete: [] });
    expect(scheduleKeys([next, old], at(1000 + KEEP_AFTER_MS - 1))).toMatchObject({ published: [old, next] });
    expect(scheduleKeys([next, old], at(1000 + KEEP_AFTER_MS))).toMatchObject({ published: [next], obsolete: [old] });
  });

  it('never lets go of the only one, however old', () => {
    expect(scheduleKeys([key(0)], at(1e12)).obsolete).toEqual([]);
  });

  it('wants a new one at once when the one that should sign cannot be opened', () => {
    const lost = key(0, false);
    expect(scheduleKeys([lost], at(5))).toMatchObject({ signing: undefined, published: [lost], nextSignsFrom: at(5) });
    const [next] = [key(5)];
    expect(scheduleKeys([lost, next], at(5))).toMatchObject({ signing: next, published: [lost, next] });
  });
});

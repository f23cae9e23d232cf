import { describe, expect, it } from '@jest/globals';
import { countOutcomes, OUTCOME_WORDS } from '../../src/runs/outcome.ts';

describe('the tally of a run', () => {
  it('has a number for every word, also for none', () => {
    expect(countOutcomes([])).toEqual({
      done: 0,
      already_so: 0,
      refused: 0,
      failed: 0,
      unknown: 0,
      not_done: 0,
      waiting: 0,
    });
  });

  it('counts a row without an outcome as waiting', () => {
    expect(countOutcomes(['done', undefined, 'done', 'unknown', undefined])).toMatchObject({
      done: 2,
      unknown: 1,
      waiting: 2,
    });
  });

  it('never loses a row', () => {
    const words = [...OUTCOME_WORDS, undefined];
    const counts = Object.values(countOutcomes(words));
    expect(counts).toHaveLength(words.length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(words.length);
  });
});

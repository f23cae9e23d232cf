import { describe, expect, it } from '@jest/globals';
import { TooManyStreamsError } from '../../../src/web/errors.ts';
import { createStreamSlots } from '../../../src/web/limits/stream-slots.ts';

describe('places for open streams', () => {
  it('end for one person before they end for all', () => {
    const slots = createStreamSlots({ inAll: 3, ofOne: 2 });
    const first = slots.take('artist');
    slots.take('artist');
    expect(() => slots.take('artist')).toThrow(TooManyStreamsError);
    slots.take('manager');
    expect(() => slots.take('auditor')).toThrow(TooManyStreamsError);
    first();
    slots.take('auditor');
  });

  it('are given back once, however often that is said', () => {
    const slots = createStreamSlots({ inAll: 10, ofOne: 1 });
    const giveBack = slots.take('artist');
    giveBack();
    giveBack();
    slots.take('artist');
    giveBack();
    expect(() => slots.take('artist')).toThrow(TooManyStreamsError);
  });
});

import { describe, expect, it } from '@jest/globals';
import { createReference } from '../../src/web/reference.ts';

describe('a reference number', () => {
  it('can be read out: no letter that sounds or looks like another', () => {
    for (let i = 0; i < 200; i++) {
      expect(createReference()).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}$/);
    }
  });

  it('uses 5 bits of each random byte', () => {
    expect(createReference(() => Uint8Array.of(0, 1, 2, 3, 31, 32, 33, 255, 10, 18))).toBe('0123-Z01Z-AJ');
  });

  it('is new every time', () => {
    expect(new Set(Array.from({ length: 1000 }, () => createReference())).size).toBe(1000);
  });
});

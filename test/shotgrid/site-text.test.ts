import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { safeText } from '../../src/shotgrid/site-text.ts';

describe('text from the site', () => {
  it('becomes one line without control, bidirectional or zero-width characters', () => {
    expect(safeText('a\r\nSet-Cookie: b\u0000c\u202Ed\u200Be\u2028f\ttab')).toBe('a Set-Cookie: b c d e f tab');
  });

  it('is cut at 500 characters without splitting one', () => {
    const cut = safeText('😀'.repeat(600));
    expect(Array.from(cut)).toHaveLength(500);
    expect(cut.endsWith('😀…')).toBe(true);
  });

  it.each(['s3cret&key', 'se cret'])('does not hold the secret %j in any spelling', (secret) => {
    const encoded = encodeURIComponent(secret);
    const form = new URLSearchParams({ k: secret }).toString();
    expect(safeText(`bad ${secret} and ${encoded} and ${form}`, [secret])).toBe(
      'bad [removed] and [removed] and k=[removed]',
    );
  });

  it('is always printable and short, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const safe = safeText(text);
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(Array.from(safe).length).toBeLessThanOrEqual(500);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { AmiSignatureError } from '../../src/ami/errors.ts';
import { parseFormBody } from '../../src/ami/form.ts';
import type { AmiForm } from '../../src/ami/form.ts';
import { normalisedSignature, verifySignature } from '../../src/ami/signature.ts';
import type { SignatureAlgorithm } from '../../src/ami/signature.ts';
import { ServiceError } from '../../src/errors.ts';

type Vector = {
  readonly name: string;
  readonly why: string;
  readonly algorithm: SignatureAlgorithm;
  readonly secret_token: string;
  readonly body: string;
  readonly expect: string;
};

/** Signed in another language, from the vendor's recipe. */
const { vectors } = JSON.parse(readFileSync(new URL('vectors/signatures.json', import.meta.url), 'utf8')) as {
  readonly vectors: readonly Vector[];
};

function codeOf(verify: () => void): string {
  try {
    verify();
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('the signature vectors', () => {
  it.each(vectors)('$name ($why): $expect', ({ algorithm, secret_token, body, expect: expected }) => {
    const verify = () => verifySignature(parseFormBody(Buffer.from(body)), { secretTokens: [secret_token], algorithm });
    expect(codeOf(verify)).toBe(expected);
  });

  it('are all there', () => {
    expect(vectors).toHaveLength(22);
    expect(vectors.filter((vector) => vector.expect === 'accepted')).toHaveLength(11);
  });
});

// HMACs of `timestamp=2024-05-01T12:00:00Z\r\nuser_id=24\r\n` under "test_key", by the vendor's sample.
const SHA1 = 'b42e3f54a15d5a97d3daebbcb0b7ed80d883cf51';
const SHA256 = '967a05a1e499c17edebe11a57004b6d63093c69c63add5257b067bf5539d3bf8';
// The same fields with `\u{1F600}=1` and `\u{FF21}=2`, signed in Python, whose sort goes by code point.
const ASTRAL_SHA1 = '86b7277f98639681da8b30eee0e13c1450af4c17';

const form = (signature: string, more: Readonly<Record<string, string>> = {}): AmiForm =>
  new Map(Object.entries({ user_id: '24', timestamp: '2024-05-01T12:00:00Z', ...more, signature }));
const sha1 = { secretTokens: ['test_key'], algorithm: 'sha1' } as const;
const sha256 = { secretTokens: ['test_key'], algorithm: 'sha256' } as const;

describe('verifying a signature', () => {
  it('accepts the known answers', () => {
    expect(() => verifySignature(form(SHA1), sha1)).not.toThrow();
    expect(() => verifySignature(form(SHA256), sha256)).not.toThrow();
  });

  it('does not depend on the order of the fields', () => {
    expect(() => verifySignature(new Map([...form(SHA1)].reverse()), sha1)).not.toThrow();
  });

  it('sorts by code point, where JavaScript would sort by UTF-16 units', () => {
    expect(() => verifySignature(form(ASTRAL_SHA1, { '\u{1F600}': '1', '\u{FF21}': '2' }), sha1)).not.toThrow();
  });

  it('accepts any of the tokens, newest first or not', () => {
    expect(() => verifySignature(form(SHA1), { ...sha1, secretTokens: ['new', 'test_key', 'old'] })).not.toThrow();
    expect(() => verifySignature(form(SHA1), { ...sha1, secretTokens: ['new', 'old'] })).toThrow(AmiSignatureError);
  });

  it('accepts the name of the configured algorithm before the digits, and of no other', () => {
    expect(() => verifySignature(form(`sha1=${SHA1}`), sha1)).not.toThrow();
    expect(() => verifySignature(form(`sha256=${SHA256}`), sha256)).not.toThrow();
    expect(() => verifySignature(form(`sha256=${SHA1}`), sha1)).toThrow(AmiSignatureError);
    expect(() => verifySignature(form(`sha1=${SHA1}`), sha256)).toThrow(AmiSignatureError);
    expect(() => verifySignature(form(`sha1=sha1=${SHA1}`), sha1)).toThrow(AmiSignatureError);
  });

  it('accepts exactly the configured algorithm: neither a weaker nor a stronger one', () => {
    expect(() => verifySignature(form(SHA1), sha256)).toThrow(AmiSignatureError);
    expect(() => verifySignature(form(SHA256), sha1)).toThrow(AmiSignatureError);
    expect(() => verifySignature(form(SHA256), sha1)).toThrow('40 lower-case hex digits of sha1');
  });

  it.each([
    ['blank', ''],
    ['upper case', SHA1.toUpperCase()],
    ['longer', `${SHA1}00`],
    ['shorter', SHA1.slice(0, -2)],
    ['not hex', `${SHA1.slice(0, -1)}g`],
    ['with a line end', `${SHA1}\n`],
    ['with spaces', ` ${SHA1}`],
    ['of other digits', SHA1.replace('b', 'ｂ')],
    ['doubled', `${SHA1},${SHA1}`],
  ])('refuses a signature that is %s', (_, signature) => {
    expect(() => verifySignature(form(signature), sha1)).toThrow(AmiSignatureError);
  });

  it.each(SHA1.split('').map((_, i) => i))('refuses it when digit %i is another', (i) => {
    const other = SHA1[i] === '0' ? '1' : '0';
    expect(() => verifySignature(form(SHA1.slice(0, i) + other + SHA1.slice(i + 1)), sha1)).toThrow(AmiSignatureError);
  });

  it('lets a blank field be added to a signed form: it is treated as absent afterwards', () => {
    expect(() => verifySignature(form(SHA1, { selected_ids: '' }), sha1)).not.toThrow();
    expect(() => verifySignature(form(SHA1, { selected_ids: ' ' }), sha1)).toThrow(AmiSignatureError);
  });

  it('refuses a form that was re-cut at its line ends', () => {
    expect(() => verifySignature(new Map([...form(SHA1, { user_id: '24\r\nuser_login=admin' })]), sha1)).toThrow(
      AmiSignatureError,
    );
  });

  it('says that the set-up is wrong, not the signature, when there is no token or an empty one', () => {
    expect(() => verifySignature(form(SHA1), { ...sha1, secretTokens: [] })).toThrow(TypeError);
    expect(() => verifySignature(form(SHA1), { ...sha1, secretTokens: ['test_key', ''] })).toThrow(TypeError);
  });
});

describe('the text of a signature', () => {
  it('is the same with and without the algorithm before it', () => {
    expect(normalisedSignature(form(`sha1=${SHA1}`), 'sha1')).toBe(SHA1);
    expect(normalisedSignature(form(SHA1), 'sha1')).toBe(SHA1);
  });
});

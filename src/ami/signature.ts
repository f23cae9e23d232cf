/**
 * The signature of an AMI form: HMAC, keyed with the item's secret token, over every field but `signature`, each as
 * `<name>=<decoded value>\r\n`, these whole lines sorted by code point and joined with nothing. Lower-case hex.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { said } from '../texts/said.ts';
import { AmiSignatureError } from './errors.ts';
import type { AmiForm } from './form.ts';

export type SignatureAlgorithm = 'sha1' | 'sha256';

export type SignatureRules = {
  /** Newest first; any of them verifies, so that a token can be changed without a gap. Never empty. */
  readonly secretTokens: readonly string[];
  readonly algorithm: SignatureAlgorithm;
};

const HEX_LENGTH: Readonly<Record<SignatureAlgorithm, number>> = { sha1: 40, sha256: 64 };

/**
 * Throws unless `form` carries a valid signature of exactly the configured algorithm. Another one is refused even if it is
 * stronger: an item signs with one algorithm, and one setting with one meaning leaves nothing to negotiate.
 *
 * Blank values are signed by some builds and left out by others (the vendor's own sample drops them), so both texts are
 * tried. Nothing is gained by adding a blank field to a signed form: blank means absent everywhere after this.
 *
 * @throws {@link AmiSignatureError} when the signature is absent, malformed, of another algorithm, or wrong.
 * @see Flow Production Tracking admin guide, "Securing your Action Menu Items".
 */
export function verifySignature(form: AmiForm, rules: SignatureRules): void {
  if (rules.secretTokens.length === 0 || rules.secretTokens.includes('')) {
    // Ours to mend, not the clicker's: an empty key would verify for anybody.
    throw new TypeError('verifySignature needs secret tokens, none of them empty');
  }
  const given = Buffer.from(normalisedSignature(form, rules.algorithm), 'hex');
  for (const lines of signedTexts(form)) {
    for (const token of rules.secretTokens) {
      const hmac = createHmac(rules.algorithm, token);
      for (const line of lines) hmac.update(line);
      if (timingSafeEqual(given, hmac.digest())) return;
    }
  }
  throw new AmiSignatureError(said('explanation.formWrongSignature'));
}

/**
 * The hex digits of the signature, without the optional `sha1=` or `sha256=` before them: one text per signature, so that a
 * replay cannot pass for another click by its spelling.
 *
 * @throws {@link AmiSignatureError} when it is absent, or not exactly as many lower-case hex digits as `algorithm` makes.
 */
export function normalisedSignature(form: AmiForm, algorithm: SignatureAlgorithm): string {
  const given = form.get('signature') ?? '';
  if (given === '') throw new AmiSignatureError(said('explanation.formUnsigned'));
  const prefix = `${algorithm}=`;
  const hex = given.startsWith(prefix) ? given.slice(prefix.length) : given;
  // Buffer.from(hex, 'hex') ignores trailing junk and case; a replay key made from the text would not.
  if (!/^[0-9a-f]+$/.test(hex) || hex.length !== HEX_LENGTH[algorithm]) {
    throw new AmiSignatureError(said('explanation.formNoSignature', { length: HEX_LENGTH[algorithm], algorithm }));
  }
  return hex;
}

/** The lines to sign, sorted, with and (where it differs) without the blank values. */
function signedTexts(form: AmiForm): readonly (readonly Buffer[])[] {
  const fields = [...form].filter(([key]) => key !== 'signature');
  const all = sortedLines(fields);
  const filled = fields.filter(([, value]) => value !== '');
  return filled.length === fields.length ? [all] : [all, sortedLines(filled)];
}

/** Bytes of UTF-8 sort as code points do; JavaScript's own sort goes by UTF-16 units and puts U+1F600 before U+FF21. */
function sortedLines(fields: readonly (readonly [string, string])[]): readonly Buffer[] {
  return fields.map(([key, value]) => Buffer.from(`${key}=${value}\r\n`, 'utf8')).sort((a, b) => Buffer.compare(a, b));
}

/**
 * The bytes of an AMI click as fields: strict `application/x-www-form-urlencoded`. A site sends one value per key, in UTF-8;
 * whatever a lenient parser would repair (or read in two ways) is refused, since signed text must have one reading.
 */
import { TextDecoder } from 'node:util';
import { said } from '../texts/said.ts';
import { AmiMalformedError } from './errors.ts';

/** Decoded fields by name, in the order sent. A Map, so that no key reaches a prototype. */
export type AmiForm = ReadonlyMap<string, string>;

const MAX_KEYS = 200;
const MAX_KEY_LENGTH = 100;

/** Keys that a query string repeats, one value each, where a form joins them with commas. */
const REPEATABLE_IN_QUERY: ReadonlySet<string> = new Set([
  'cols',
  'column_display_names',
  'sort_columns',
  'sort_directions',
  'grouping_columns',
  'grouping_methods',
  'grouping_directions',
]);

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PLUS = 0x2b;
const PERCENT = 0x25;
const SPACE = 0x20;

/**
 * Reads the raw body of an AMI POST. Unknown keys stay in: they are part of the signed text.
 *
 * @throws {@link AmiMalformedError} on invalid UTF-8 or percent escapes, NUL, a key that is repeated, empty or over 100
 * characters, or more than 200 keys. The message names the key.
 */
export function parseFormBody(bytes: Buffer): AmiForm {
  return parsePairs(bytes, new Set());
}

/**
 * Reads a query string (with or without its `?`): a light payload's GET, or a custom-protocol URL, which repeats the key of
 * each list. Those few keys are joined with commas, as a form has them; any other repeated key is refused.
 *
 * @throws {@link AmiMalformedError} as {@link parseFormBody} does.
 */
export function parseQuery(query: string): AmiForm {
  return parsePairs(Buffer.from(query.startsWith('?') ? query.slice(1) : query, 'utf8'), REPEATABLE_IN_QUERY);
}

/** A field's name, fit for a message: short, printable, quoted. */
export function quoteKey(key: string): string {
  const printable = key.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll('"', '?');
  return `"${printable.length > 40 ? `${printable.slice(0, 40)}…` : printable}"`;
}

function parsePairs(bytes: Buffer, repeatable: ReadonlySet<string>): AmiForm {
  // ignoreBOM keeps a leading U+FEFF: it was signed, so it stays in the text.
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const form = new Map<string, string>();
  for (let start = 0; start < bytes.length;) {
    const ampersand = bytes.indexOf(AMPERSAND, start);
    const end = ampersand === -1 ? bytes.length : ampersand;
    if (end > start) addPair(form, bytes.subarray(start, end), utf8, repeatable);
    start = end + 1;
  }
  return form;
}

function addPair(form: Map<string, string>, pair: Buffer, utf8: TextDecoder, repeatable: ReadonlySet<string>): void {
  const equals = pair.indexOf(EQUALS);
  const rawKey = equals === -1 ? pair : pair.subarray(0, equals);
  // One character is at most three escapes of four bytes; no need to decode more of a key than may stay.
  if (rawKey.length > MAX_KEY_LENGTH * 12) throw new AmiMalformedError(said('explanation.formFieldNameOverlong'));
  const key = decode(rawKey, utf8, { place: 'name', field: '' });
  if (key === '') throw new AmiMalformedError(said('explanation.formFieldNameEmpty'));
  if (key.length > MAX_KEY_LENGTH)
    throw new AmiMalformedError(said('explanation.formFieldOverlong', { field: quoteKey(key) }));
  const value = equals === -1 ? '' : decode(pair.subarray(equals + 1), utf8, { place: 'field', field: quoteKey(key) });
  const before = form.get(key);
  if (before !== undefined && !repeatable.has(key))
    throw new AmiMalformedError(said('explanation.formFieldRepeated', { field: quoteKey(key) }));
  if (before === undefined && form.size >= MAX_KEYS) {
    throw new AmiMalformedError(said('explanation.formTooManyFields', { most: MAX_KEYS }));
  }
  form.set(key, before === undefined ? value : `${before},${value}`);
}

function decode(
  raw: Buffer,
  utf8: TextDecoder,
  where: { readonly place: 'name' | 'field'; readonly field: string },
): string {
  const bytes = unescapeBytes(raw);
  if (bytes === undefined) throw new AmiMalformedError(said('explanation.formBrokenEscape', where));
  if (bytes.includes(0)) throw new AmiMalformedError(said('explanation.formNulByte', where));
  try {
    return utf8.decode(bytes);
  } catch {
    throw new AmiMalformedError(said('explanation.formInvalidUtf8', where));
  }
}

/** Undoes `+` and `%xx`; undefined when an escape is broken. */
function unescapeBytes(raw: Buffer): Buffer | undefined {
  const out = Buffer.allocUnsafe(raw.length);
  let length = 0;
  for (let i = 0; i < raw.length; i++) {
    let byte = raw.readUInt8(i);
    if (byte === PLUS) byte = SPACE;
    else if (byte === PERCENT) {
      const high = hexDigit(raw[i + 1]);
      const low = hexDigit(raw[i + 2]);
      if (high === undefined || low === undefined) return undefined;
      byte = high * 16 + low;
      i += 2;
    }
    out[length++] = byte;
  }
  return out.subarray(0, length);
}

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : undefined;
}

/** How single values of an AMI click are read: row numbers, comma lists, text to show. */
import { said } from '../texts/said.ts';
import { AmiMalformedError, AmiTooLargeError } from './errors.ts';

/** More rows than any page shows; beyond it a click costs more than it can mean. */
const MAX_IDS = 100_000;

/** Ids of ShotGrid rows are PostgreSQL integers. */
const MAX_ID = 2_147_483_647;

/** Controls, line separators, and the marks that turn the direction of text: none of them belongs into a line of text. */
// eslint-disable-next-line no-control-regex -- finding control characters is what this is for
const NOT_TEXT = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A row number without sign, zeros in front or fraction; undefined for anything else. */
export function parseId(text: string | undefined): number | undefined {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= MAX_ID ? id : undefined;
}

/**
 * Row numbers in the order given, each once.
 *
 * @throws {@link AmiMalformedError} when one is not a row number.
 * @throws {@link AmiTooLargeError} when there are more than {@link MAX_IDS}.
 */
export function idList(items: readonly string[], key: string): readonly number[] {
  if (items.length > MAX_IDS) {
    throw new AmiTooLargeError(said('explanation.clickTooManyRows', { most: MAX_IDS, field: key }));
  }
  const ids = new Set<number>();
  for (const item of items) {
    const id = parseId(item);
    if (id === undefined) throw new AmiMalformedError(said('explanation.formNoRowNumbers', { field: key }));
    ids.add(id);
  }
  return [...ids];
}

/** Items of a comma-joined list, spaces around them trimmed; none for blank text. */
export function commaList(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.split(',').map((item) => item.trim());
}

/** Text fit to be shown in one line: control characters become spaces, the ends are trimmed, the length is bounded. */
export function displayText(text: string | undefined, maxLength = 500): string | undefined {
  const line = text?.replaceAll(NOT_TEXT, ' ').toWellFormed().trim();
  if (line === undefined || line === '') return undefined;
  return line.length > maxLength ? `${line.slice(0, maxLength).toWellFormed()}…` : line;
}

/** One posted text → text, number or date, as its field allows. Pure. */
import { runInNewContext } from 'node:vm';
import { said, type Said, type SaidKey, type SaidValues } from '../texts/said.ts';
import type { FormField, FormLink, FormValue } from './form.ts';

export type FieldProblem = {
  readonly message: Said;
  /** Rows that the typed text may mean. */
  readonly choices?: readonly FormLink[];
};

export type Checked = { readonly value: FormValue } | { readonly problem: FieldProblem };

export const blank: Checked = { value: null };

export function wrong(key: SaidKey, values?: SaidValues): Checked {
  return { problem: { message: said(key, values) } };
}

/** White space around is not kept: ShotGrid would trim it too. */
export function checkPlainText(field: FormField & { readonly type: 'text' | 'long_text' }, posted: string): Checked {
  // A password may begin with a space.
  const normal = posted.replaceAll('\r\n', '\n');
  const text = field.secret ? normal : normal.trim();
  if (text === '') return blank;
  if (text.length > field.maxLength) {
    return wrong('problem.tooLong', { length: text.length, most: field.maxLength });
  }
  if (field.type === 'text' && /[\p{Cc}\u2028\u2029]/u.test(text)) return wrong('problem.notOneLine');
  if (field.type === 'long_text' && /[^\P{Cc}\n\t]/u.test(text)) return wrong('problem.notText');
  if (field.type === 'text' && field.pattern !== undefined) return checkPattern(field.pattern, text);
  return { value: text };
}

const PATTERN_MS = 100;

/** The whole text must match. A pattern that takes for ever on this text (they exist) is stopped. */
function checkPattern(pattern: string, text: string): Checked {
  try {
    const expression = new RegExp(`^(?:${pattern})$`, 'u');
    const matches: unknown = runInNewContext('expression.test(text)', { expression, text }, { timeout: PATTERN_MS });
    return matches === true ? { value: text } : wrong('problem.otherPattern');
  } catch {
    return wrong('problem.slowPattern');
  }
}

export function checkNumber(field: FormField & { readonly type: 'number' }, posted: string): Checked {
  const text = posted.trim();
  if (text === '') return blank;
  if (text.length > 30 || !/^[+-]?(?:\d+(?:\.\d+)?|\.\d+)$/.test(text)) return wrong('problem.noNumber');
  const value = Number(text);
  if (field.integer && !Number.isInteger(value)) return wrong('problem.notWhole');
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return wrong('problem.numberTooLarge');
  if (field.min !== undefined && value < field.min) return wrong('problem.tooSmall', { least: field.min });
  if (field.max !== undefined && value > field.max) return wrong('problem.tooLarge', { most: field.max });
  return { value: value === 0 ? 0 : value };
}

export function checkDate(field: FormField & { readonly type: 'date' }, posted: string): Checked {
  const text = posted.trim();
  if (text === '') return blank;
  if (!isDate(text)) return wrong('problem.noDate');
  // RFC 3339 dates sort as they read.
  if (field.min !== undefined && text < field.min) return wrong('problem.tooEarly', { earliest: field.min });
  if (field.max !== undefined && text > field.max) return wrong('problem.tooLate', { latest: field.max });
  return { value: text };
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // February 30 is moved to March by some, refused by others.
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

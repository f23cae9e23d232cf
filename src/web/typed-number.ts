/** A whole number as people type it. Pure. */

/**
 * Pages write large numbers in groups, so people may too: `1234`, `1,234`, `1.234`, `1 234` and `12,34,567` are numbers here.
 *
 * @returns undefined for anything else.
 */
export function readTypedNumber(typed: string | undefined): number | undefined {
  const text = typed?.trim() ?? '';
  return /^\d{1,15}$|^\d{1,3}([\s.,'’]\d{2,3})*[\s.,'’]\d{3}$/.test(text)
    ? Number(text.replaceAll(/\D/g, ''))
    : undefined;
}

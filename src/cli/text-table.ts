/** A table for a terminal: columns as wide as they need to be, within bounds. Pure. What comes from elsewhere cannot steer the terminal. */

const WIDEST = 40;

/** One line per row under a line of headings. What stands in the last column is never cut. */
export function textTable(headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const cells = [headings, ...rows].map((row) =>
    row.map((text, column) => (column === headings.length - 1 ? plain(text) : shortened(plain(text)))),
  );
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column] ?? ''))));
  return cells.map((row) =>
    row
      .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - lengthOf(text)))
      .join('  ')
      .trimEnd(),
  );
}

/** One line, without anything that a terminal obeys or that hides other text. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}

function shortened(text: string): string {
  const letters = Array.from(text);
  return letters.length > WIDEST ? `${letters.slice(0, WIDEST - 1).join('')}…` : text;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

/**
 * Comma-separated values for spreadsheets: RFC 4180, lines end in CRLF. A text that a spreadsheet would take for a formula
 * gets an apostrophe in front; numbers are left alone. Pure.
 */

export type CsvCell = string | number | boolean | null | undefined;

/** One line with its end. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  const text = typeof cell === 'string' ? withoutFormula(cell) : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What begins a formula, also behind white space that a spreadsheet drops, and the full-width forms of the same signs. */
function withoutFormula(text: string): string {
  return /^[\s\p{Cc}]*[=+\-@|%＝＋－＠]/u.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
}

/** A name that is safe in `Content-Disposition` and on every disk. */
export function fileName(name: string, ending: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[^\w. -]+/g, '')
    .trim()
    .replaceAll(/[\s.-]+/g, '-')
    .slice(0, 80);
  return `${plain === '' || plain === '-' ? 'export' : plain.replace(/^-+/, '')}.${ending}`;
}

/** What was measured against what was promised, as aligned text. Pure. */

export type Row = {
  readonly what: string;
  readonly measured: string;
  /** Empty where nothing was promised and the number is there to be compared with. */
  readonly budget: string;
  readonly met?: boolean;
};

export function formatTable(rows: readonly Row[]): string {
  const cells = [
    ['what', 'measured', 'budget', 'verdict'],
    ...rows.map(({ what, measured, budget, met }) => [what, measured, budget, verdict(met)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

function verdict(met: boolean | undefined): string {
  if (met === undefined) return '';
  return met ? 'within' : 'OVER';
}

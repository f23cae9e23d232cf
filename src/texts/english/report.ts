/** English: what an action reports. */
export const report = {
  /** Where the action gives its report no title. */
  report: 'Report',
  /** Name of the part of the page that scrolls. */
  tableOf: '{title}: table',
  someRows: '{count, plural, one {# row} other {# rows}}, the first {shown, number} shown',
  download: 'Download {name}',
  exportCsv: 'Export as CSV',
} as const;

/** What an action reports, as a page shows it: plain data, escaped by the page. Pure. */
import type { Report, ReportTable } from '../actions/report.ts';
import { pageUrl } from '../shotgrid/links.ts';
import type { Texts } from '../texts/texts.ts';
import { csvLine } from './csv.ts';

/** More are in the export. */
const ROWS_SHOWN = 1000;

export type ReportPaths = { readonly csv: string; readonly file: string };

export function presentReport(texts: Texts, report: Report, siteUrl: string, paths: ReportPaths) {
  const { table, file } = report;
  return {
    title: report.title,
    paragraphs: (report.text ?? '').split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== ''),
    links: (report.links ?? []).map(({ label, href }) => ({ label, href: safeHref(href, siteUrl) })),
    table:
      table === undefined
        ? undefined
        : {
            columns: table.columns,
            rows: table.rows
              .slice(0, ROWS_SHOWN)
              .map((row) =>
                table.columns.map(({ type }, at) => ({ text: cellText(texts, row[at]), sort: row[at] ?? '', type })),
              ),
            total: table.rows.length,
            shown: Math.min(table.rows.length, ROWS_SHOWN),
            csvHref: paths.csv,
          },
    file: file === undefined ? undefined : { name: file.name, href: paths.file },
  };
}

/** https, or a page of the ShotGrid site; undefined for anything else, which is then shown as text. */
export function safeHref(href: string, siteUrl: string): string | undefined {
  if (href.startsWith('/')) return pageUrl(siteUrl, href);
  const url = URL.canParse(href) ? new URL(href) : undefined;
  // A name before the host makes another host look like it.
  if (url === undefined || url.username + url.password !== '') return undefined;
  return url.protocol === 'https:' || url.origin === new URL(siteUrl).origin ? url.href : undefined;
}

export function* reportCsv(table: ReportTable): Generator<string> {
  yield csvLine(table.columns.map(({ label }) => label));
  for (const row of table.rows) yield csvLine(table.columns.map((_column, at) => row[at]));
}

function cellText({ t }: Texts, cell: string | number | boolean | null | undefined): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'boolean' ? t(cell ? 'common.yes' : 'common.no') : String(cell);
}

/** Records to take away: of any filter, in several forms, streamed as fast as they are taken. Taking is recorded, half-way too. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import { ecsLine } from '../../audit/ecs.ts';
import { csvHeader, csvLines } from '../../audit/export-csv.ts';
import type { AuditLog } from '../../audit/log.ts';
import { readContent } from '../../audit/record.ts';
import type { AuditFilter } from '../../audit/search-filter.ts';
import { parseSearchQuery } from '../../audit/search-query.ts';
import { AuditFilterError } from '../audit-errors.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';

type Part = { readonly text: string; readonly records: number };

type Format = {
  readonly type: string;
  readonly ending: string;
  readonly parts: (audit: AuditLog, filter: AuditFilter) => AsyncIterable<Part>;
};

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['csv', { type: 'text/csv; charset=utf-8; header=present', ending: 'csv', parts: csv }],
  ['jsonl', { type: 'application/x-ndjson; charset=utf-8', ending: 'jsonl', parts: jsonLines }],
  ['ecs', { type: 'application/x-ndjson; charset=utf-8', ending: 'ecs.jsonl', parts: ecsLines }],
  // With the chain, for `understudy audit verify --file`.
  ['log', { type: 'text/plain; charset=utf-8', ending: 'log', parts: (audit, filter) => audit.file(filter) }],
]);

/** What each is called on a page. */
export const EXPORT_TITLES: readonly (readonly [format: string, title: string])[] = [
  ['csv', 'CSV'],
  ['jsonl', 'JSON lines'],
  ['ecs', 'ECS'],
  ['log', 'Sealed file'],
];

export function exportAudit(deps: {
  readonly audit: AuditLog;
  readonly recorder: Recorder;
  readonly now: () => Date;
}): RequestHandler {
  return async function answerExport(request, response) {
    const { typed, filter, problems } = parseSearchQuery(request.query);
    const asked = request.query['format'];
    const name = asked === undefined ? 'csv' : typeof asked === 'string' ? asked : '';
    const format = FORMATS.get(name);
    const wrong = new Map(problems);
    if (format === undefined) wrong.set('format', `is none of ${[...FORMATS.keys()].join(', ')}`);
    if (format === undefined || wrong.size > 0) throw new AuditFilterError(wrong);

    const what = { format: name, filter: typed };
    const { total } = await deps.audit.activity(filter);
    await deps.recorder.auditExportStarted(request, { ...what, matching: total });
    let records = 0;
    let complete = false;
    const text = async function* text(): AsyncGenerator<string> {
      for await (const part of format.parts(deps.audit, filter)) {
        records += part.records;
        yield part.text;
      }
    };
    const stamp = deps.now().toISOString().slice(0, 19).replaceAll(':', '');
    response.attachment(`understudy-audit-${stamp}Z.${format.ending}`).type(format.type);
    try {
      // Holds no more than one part: the next is read when this one is taken.
      await pipeline(Readable.from(text(), { objectMode: false, highWaterMark: 1 }), response);
      complete = true;
    } catch (error) {
      contextOf(request).log.warn({ records, reason: reasonOf(error) }, 'an export did not end');
      response.destroy();
    }
    await deps.recorder.auditExported(request, { ...what, records, complete });
  };
}

async function* csv(audit: AuditLog, filter: AuditFilter): AsyncGenerator<Part> {
  yield { text: csvHeader(), records: 0 };
  for await (const part of audit.stream(filter)) {
    const lines = part.map((record) => csvLines({ ...record, content: readContent(record) }));
    yield { text: lines.join(''), records: part.length };
  }
}

/** Each record as it was sealed, with its hash in front. */
async function* jsonLines(audit: AuditLog, filter: AuditFilter): AsyncGenerator<Part> {
  for await (const part of audit.stream(filter)) {
    const lines = part.map(({ hash, line }) => `{"hash":"${hash}",${line.slice(1)}\n`);
    yield { text: lines.join(''), records: part.length };
  }
}

/** Each record in the words of the Elastic Common Schema. */
async function* ecsLines(audit: AuditLog, filter: AuditFilter): AsyncGenerator<Part> {
  for await (const part of audit.stream(filter)) {
    yield { text: part.map((record) => `${ecsLine(record)}\n`).join(''), records: part.length };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

/** Records to take away: of any filter, in several forms, streamed as fast as they are taken. Taking is recorded, half-way too. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import type { AuditBeside } from '../../audit/beside.ts';
import { formatCheckpoint, type Checkpoint } from '../../audit/checkpoint.ts';
import { ecsCheckpointLine, ecsLine } from '../../audit/ecs.ts';
import { csvHeader, csvLines } from '../../audit/export-csv.ts';
import type { AuditLog } from '../../audit/log.ts';
import { readContent } from '../../audit/record.ts';
import type { AuditFilter } from '../../audit/search-filter.ts';
import { parseSearchQuery } from '../../audit/search-query.ts';
import type { TextKey } from '../../texts/language.ts';
import { said } from '../../texts/said.ts';
import { AuditFilterError, CheckpointUnknownError } from '../audit-errors.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';

type Part = { readonly text: string; readonly records: number };

type Format = {
  readonly type: string;
  readonly ending: string;
  readonly parts: (audit: AuditLog, filter: AuditFilter, lastSeq: number | undefined) => AsyncIterable<Part>;
  /** The checkpoint as this format's last line; absent where it would be no line of the format, or stands there already. */
  readonly lastLine?: (checkpoint: Checkpoint) => string;
};

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['csv', { type: 'text/csv; charset=utf-8; header=present', ending: 'csv', parts: csv }],
  [
    'jsonl',
    { type: 'application/x-ndjson; charset=utf-8', ending: 'jsonl', parts: jsonLines, lastLine: formatCheckpoint },
  ],
  [
    'ecs',
    { type: 'application/x-ndjson; charset=utf-8', ending: 'ecs.jsonl', parts: ecsLines, lastLine: ecsCheckpointLine },
  ],
  // With the chain, for `understudy audit verify --file`.
  ['log', { type: 'text/plain; charset=utf-8', ending: 'log', parts: (audit, ...what) => audit.file(...what) }],
]);

/** What each is called on a page. */
export const EXPORT_TITLES: readonly (readonly [format: string, title: TextKey])[] = [
  ['csv', 'audit.csv'],
  ['jsonl', 'audit.jsonLines'],
  ['ecs', 'audit.ecs'],
  ['log', 'audit.sealedFile'],
];

export type AuditExportDeps = {
  readonly audit: AuditLog;
  readonly auditBeside: Pick<AuditBeside, 'sign' | 'checkpoint'>;
  readonly recorder: Recorder;
  readonly now: () => Date;
};

export function exportAudit(deps: AuditExportDeps): RequestHandler {
  return async function answerExport(request, response) {
    const { typed, filter, problems } = parseSearchQuery(request.query);
    const asked = request.query['format'];
    const name = asked === undefined ? 'csv' : typeof asked === 'string' ? asked : '';
    const format = FORMATS.get(name);
    const wrong = new Map(problems);
    if (format === undefined) wrong.set('format', said('problem.noneOf', { words: [...FORMATS.keys()].join(', ') }));
    if (format === undefined || wrong.size > 0) throw new AuditFilterError(wrong);

    const what = { format: name, filter: typed };
    const { total } = await deps.audit.activity(filter);
    await deps.recorder.auditExportStarted(request, { ...what, matching: total });
    // What leaves ends where this says that the log ends, so that it covers the last of it.
    const checkpoint = await deps.auditBeside.sign();
    let records = 0;
    let complete = false;
    const text = async function* text(): AsyncGenerator<string> {
      for await (const part of format.parts(deps.audit, filter, checkpoint?.size)) {
        records += part.records;
        yield part.text;
      }
      if (checkpoint !== undefined && format.lastLine !== undefined) yield `${format.lastLine(checkpoint)}\n`;
    };
    const stamp = deps.now().toISOString().slice(0, 19).replaceAll(':', '');
    const named = checkpoint === undefined ? '' : `-checkpoint-${checkpoint.size}`;
    response.attachment(`understudy-audit-${stamp}Z${named}.${format.ending}`).type(format.type);
    if (checkpoint !== undefined) {
      response.set('audit-checkpoint', formatCheckpoint(checkpoint));
      response.links({ describedby: `/audit/checkpoints/${checkpoint.size}` });
    }
    try {
      // Holds no more than one part: the next is read when this one is taken.
      await pipeline(Readable.from(text(), { objectMode: false, highWaterMark: 1 }), response);
      complete = true;
    } catch (error) {
      contextOf(request).log.warn({ records, reason: reasonOf(error) }, 'an export did not end');
      response.destroy();
    }
    await deps.recorder.auditExported(request, { ...what, records, complete, checkpoint: checkpoint?.size });
  };
}

/** The checkpoint that goes with an export, as the one line that it is kept as. */
export function exportCheckpoint({
  auditBeside,
  recorder,
}: AuditExportDeps): RequestHandler<{ readonly size: string }> {
  return async function answerCheckpoint(request, response) {
    const asked = request.params.size;
    const size = asked === 'newest' ? asked : /^\d{1,15}$/.test(asked) ? Number(asked) : undefined;
    const checkpoint = size === undefined ? undefined : await auditBeside.checkpoint(size);
    if (checkpoint === undefined) throw new CheckpointUnknownError();
    const sent = { format: 'checkpoint', filter: {}, records: 0, complete: true, checkpoint: checkpoint.size };
    await recorder.auditExported(request, sent);
    response.attachment(`understudy-audit-checkpoint-${checkpoint.size}.json`).type('application/json');
    response.send(`${formatCheckpoint(checkpoint)}\n`);
  };
}

async function* csv(audit: AuditLog, filter: AuditFilter, lastSeq?: number): AsyncGenerator<Part> {
  yield { text: csvHeader(), records: 0 };
  for await (const part of audit.stream(filter, lastSeq)) {
    const lines = part.map((record) => csvLines({ ...record, content: readContent(record) }));
    yield { text: lines.join(''), records: part.length };
  }
}

/** Each record as it was sealed, with its hash in front. */
async function* jsonLines(audit: AuditLog, filter: AuditFilter, lastSeq?: number): AsyncGenerator<Part> {
  for await (const part of audit.stream(filter, lastSeq)) {
    const lines = part.map(({ hash, line }) => `{"hash":"${hash}",${line.slice(1)}\n`);
    yield { text: lines.join(''), records: part.length };
  }
}

/** Each record in the words of the Elastic Common Schema. */
async function* ecsLines(audit: AuditLog, filter: AuditFilter, lastSeq?: number): AsyncGenerator<Part> {
  for await (const part of audit.stream(filter, lastSeq)) {
    yield { text: part.map((record) => `${ecsLine(record)}\n`).join(''), records: part.length };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

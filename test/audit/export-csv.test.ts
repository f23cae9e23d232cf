import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AuditContext, AuditedRowOutcome } from '../../src/audit/event.ts';
import { changesPerformed } from '../../src/audit/events/runs.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { csvHeader, csvLines } from '../../src/audit/export-csv.ts';
import { NO_HASH, readContent, sealRecord } from '../../src/audit/record.ts';
import type { AuditEvent } from '../../src/audit/event.ts';
import { PYTHON } from '../support/python.ts';

const csvOf = (event: AuditEvent): string => {
  const sealed = sealRecord(event, { seq: 0, hash: NO_HASH }, new Date('2026-01-02T03:04:05.678Z'));
  return csvLines({ ...sealed, content: readContent(sealed) });
};
const performed = (row: Partial<AuditedRowOutcome>, context: AuditContext = {}): AuditEvent =>
  changesPerformed(context, [{ position: 0, entityType: 'Version', id: 1, outcome: 'done', ...row }])[0]!;

/** Read by somebody else's reader of such files. */
function readByPython(csv: string): Record<string, string>[] {
  const program = 'import csv, json, sys; print(json.dumps(list(csv.DictReader(sys.stdin))))';
  const python = [PYTHON ?? 'python3', ['-X', 'utf8', '-c', program]] as const;
  return JSON.parse(execFileSync(...python, { input: csv, encoding: 'utf8' })) as Record<string, string>[];
}

describe('an export for spreadsheets', () => {
  it('has a line for each field of each row, with both identities', () => {
    const context: AuditContext = {
      person: { login: 'artist', id: 24, proven: true },
      realActor: { type: 'ApiUser', name: 'understudy' },
      project: { id: 116, name: 'Hyperspace Madness' },
    };
    const fields = [
      { field: 'sg_status_list', before: 'rev', after: 'apr' },
      { field: 'user', before: null, after: { type: 'HumanUser', id: 24 } },
    ];
    const event = performed({ name: 'v, "one"', fields, detail: 'line\nbreak' }, context);
    const lines = readByPython(csvHeader() + csvOf(event));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      seq: '1',
      time: '2026-01-02T03:04:05.678Z',
      person: 'artist',
      person_proven: 'true',
      real_actor: 'understudy',
      executor: 'script',
      project: 'Hyperspace Madness',
      entity_type: 'Version',
      entity_name: 'v, "one"',
      field: 'sg_status_list',
      before: 'rev',
      after: 'apr',
      row_outcome: 'done',
      row_detail: 'line\nbreak',
    });
    expect(lines[1]).toMatchObject({ field: 'user', before: '', after: '{"type":"HumanUser","id":24}' });
  });

  it('says what was done by the person’s own session', () => {
    const context: AuditContext = { realActor: { type: 'HumanUser', name: 'artist' } };
    expect(readByPython(csvHeader() + csvOf(performed({}, context)))[0]).toMatchObject({ executor: 'self' });
  });

  it('has one line for a record that names no rows', () => {
    expect(readByPython(csvHeader() + csvOf(loggedOut({ reference: 'R' })))).toMatchObject([
      { reference: 'R', field: '' },
    ]);
  });

  it.each([
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '  =1',
    '\u00a0=1',
    '＝1',
    '|calc',
  ])('cannot make a spreadsheet run %j', (name) => {
    const [line] = readByPython(csvHeader() + csvOf(performed({ name, detail: name })));
    expect([line?.['entity_name'], line?.['row_detail']]).toEqual([`'${name}`, `'${name}`]);
  });

  it('keeps every other text as it is, and its place in the line', () => {
    const safe = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => /^[\p{L}\p{N}]/u.test(text) && !text.includes('\0'));
    const names = fc.sample(safe, 200);
    const csv = names.map((name) => csvOf(performed({ name: name.slice(0, 900) }))).join('');
    expect(readByPython(csvHeader() + csv).map((line) => line['entity_name'])).toEqual(
      names.map((name) => name.slice(0, 900)),
    );
  });
});

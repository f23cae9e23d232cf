/** What an auditor does with the log, and what nobody else may. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { clickRefused } from '../../src/audit/events/clicks.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { checkCheckpoint, formatCheckpoint, parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { statedSeq } from '../../src/audit/record.ts';
import { verifyLogFiles } from '../../src/audit/read-log-file.ts';
import { openDatabase } from '../../src/database/open.ts';
import { newKey } from '../audit/logs.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const key = newKey();
let server: TestServer;
let auditor: Auditor;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-auditor-'));
  server = await startTestServer({
    environment: {
      AUDIT_CHECKPOINT_KEYS: key.privatePem,
      AUDIT_CHECKPOINT_EVERY_RECORDS: '5',
      AUDIT_SINK_FILE: join(folder, 'audit.ecs.jsonl'),
      AUDIT_SINK_URL: 'http://user:hunter2hunter2@127.0.0.1:1/',
    },
  });
  auditor = createAuditor(server);
  await auditor.visitOnce();
});
afterEach(() => server.studio.site.reset());
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function aRun(ids: readonly number[] = [6933, 6934, 6935]) {
  const artist = createPerson(server, 'artist');
  return artist.finish(await artist.confirm(await artist.follow(await artist.click(ids))));
}

/** The last record of an export. */
function lastOf(format: string, text: string): { readonly seq: number; readonly hash: string } {
  const lines = text.trimEnd().split(/\r?\n/);
  const isRecord = (line: string): boolean => parseCheckpoint(line) === undefined && !line.startsWith('{"end"');
  const last = lines.findLast(isRecord)!;
  if (format === 'csv') return { seq: Number(last.split(',')[0]), hash: last.split(',').at(-1)! };
  if (format === 'log') return { seq: statedSeq(last.slice(65))!, hash: last.slice(0, 64) };
  const one = JSON.parse(last) as { seq: number; hash: string; event: { sequence: number; hash: string } };
  return format === 'ecs' ? { seq: one.event.sequence, hash: one.event.hash } : one;
}

/** As `audit verify --checkpoint` does: the live log agrees with the checkpoints of a file. */
async function verifiedAgainst(text: string): Promise<void> {
  const checkpoints = text.split('\n').flatMap((line) => parseCheckpoint(line) ?? []);
  const database = await openDatabase(server.databaseUrl, { readonly: true });
  const log = createAuditLog({ database, now: () => new Date() });
  const sizes = checkpoints.map(({ size }) => size);
  expect(await log.verify({ checkpoints, keys: key.keys })).toMatchObject({ signedUpTo: Math.max(...sizes) });
  await log.close();
  await database.close();
}

describe('an auditor', () => {
  it('has the log checked, and sees against which checkpoints, and where its second sinks are', async () => {
    await aRun();
    const path = '/audit/verify';
    const checked = await until(async () => {
      const { json } = await auditor.person.json(path);
      const { checkpoint, sinks } = json as {
        readonly checkpoint: { readonly size: number } | null;
        readonly sinks: readonly { readonly forwardedUpTo: number; readonly trouble?: string }[];
      };
      return checkpoint !== null && sinks[0]!.forwardedUpTo > 0 && sinks[1]!.trouble !== undefined && json;
    });
    expect(checked).toMatchObject({ intact: true, signedUpTo: expect.any(Number), checkpointsOfOtherKeys: 0 });
    const { text } = await auditor.person.get(path);
    expect(text).toContain('The log is intact');
    expect(text).toMatch(/<dt>Newest<\/dt><dd>of \d+ records/);
    expect(text).toMatch(
      /(One was|The newest \d+ were) checked: signed by this server’s keys, and the records agree\./,
    );
    expect(text).toMatch(/<dd data-sink><code>[^<]*audit\.ecs\.jsonl<\/code>: up to record \d+/);
    expect(text).toMatch(/<code>AUDIT_SINK_URL<\/code>: up to record 0, behind by \d+/);
    expect(text).toContain('Waits: ');
    expect(text).not.toContain('hunter2');
  });

  it('finds a run by the row, the field, the name, the project and the real actor', async () => {
    const run = await aRun();
    const name = String(server.studio.site.rows('Version').find(({ id }) => id === 6934)?.['code']);
    for (const filter of [
      { entity: 'Version 6934' },
      { entity: 'Version 6934', field: 'sg_status_list' },
      { text: name },
      { entity: name },
      { field: 'sg_status_list', project: '116', realActor: 'understudy', person: 'artist' },
      { project: 'hyperspace madness', type: 'changes.performed' },
    ] as Record<string, string>[]) {
      const found = await auditor.records(filter);
      expect({ filter, runs: found.some(({ runId }) => runId === run.run) }).toEqual({ filter, runs: true });
    }
    expect(await auditor.records({ entity: 'Version 6934', field: 'description' })).toEqual([]);
  });

  it('reads the whole story of a click on the page of any of its records', async () => {
    const run = await aRun();
    const [record] = await auditor.records({ runId: run.run, type: 'changes.performed' });
    const page = await auditor.person.get(`/audit/records/${record!.seq}`);
    const types = [...page.text.matchAll(/<span class="what"><strong>([^<]+)/g)].map(([, type]) => type);
    expect(types).toEqual([
      'click.received',
      'login.succeeded',
      'plan.made',
      'run.confirmed',
      'changes.intended',
      'changes.performed',
      'run.finished',
    ]);
    expect(page.text).toContain(`${server.studio.site.url}/detail/Version/6933`);
  });

  it('gets a picture whose bars lead to their span of time, and a table that says the same', async () => {
    await aRun();
    const page = await auditor.person.get('/audit?person=artist');
    const [, href = ''] = /<a href="([^"]+)" tabindex="-1" data-bar=/.exec(page.text) ?? [];
    const narrowed = new URL(href.replaceAll('&amp;', '&'), server.url);
    expect(Object.fromEntries(narrowed.searchParams)).toMatchObject({ person: 'artist' });
    expect((await auditor.person.get(`${narrowed.pathname}${narrowed.search}`)).status).toBe(200);
    expect(page.text).not.toMatch(/style=|<style/);
  });

  it.each([
    ['from', 'from=yesterday'],
    ['outcome', 'outcome=done'],
    ['person', 'person=a&person=b'],
    ['persn', 'persn=artist'],
    ['limit', 'limit=1000000'],
  ])('is told that %s is wrong in ?%s, and loses nothing of what was typed', async (name, wrong) => {
    const page = await auditor.person.get(`/audit?${wrong}&code=a%22b%3Cc`);
    expect([page.status, page.code]).toEqual([400, 'audit_filter_invalid']);
    expect(page.text).toContain('name="code" value="a&quot;b&lt;c"');
    expect(page.text).toContain(name);
    const { status, json } = await auditor.person.json(`/audit?${wrong}`);
    expect([status, Object.keys((json as { problems: object }).problems)]).toEqual([400, [name]]);
    expect((await auditor.person.json(`/audit/export?${wrong}`)).code).toBe('audit_filter_invalid');
  });

  it.each(['0', '999999', '1e3', '-1', "1' or '1'='1", '9'.repeat(40)])(
    'is told that there is no record %s',
    async (seq) => {
      const { status, code } = await auditor.person.json(`/audit/records/${encodeURIComponent(seq)}`);
      expect([status, code]).toEqual([404, 'record_unknown']);
    },
  );

  it('cannot be fooled by names that are SQL, HTML or formulas', async () => {
    const database = await openDatabase(server.databaseUrl);
    const log = createAuditLog({ database, now: () => new Date() });
    const evil = ["'; drop table audit_index; --", '<script>alert(1)</script>', '=HYPERLINK("http://evil.example")'];
    await log.append(
      evil.map((name) => clickRefused({ person: { login: name, proven: false } }, { code: 'ami_stale' })),
    );
    await log.close();
    await database.close();
    for (const person of evil) {
      const found = await auditor.records({ person });
      expect(found.map((record) => record.person?.login)).toEqual([person]);
      const page = await auditor.person.get(`/audit?${new URLSearchParams({ person }).toString()}`);
      expect(page.text).not.toContain('<script>alert');
      const csv = await auditor.person.get(
        `/audit/export?${new URLSearchParams({ person, format: 'csv' }).toString()}`,
      );
      expect(csv.text).not.toMatch(/(^|,)"?=/m);
    }
    expect(await auditor.verify()).toMatchObject({ intact: true });
  });

  it.each([
    ['csv', /^text\/csv/],
    ['jsonl', /^application\/x-ndjson/],
    ['ecs', /^application\/x-ndjson/],
    ['log', /^text\/plain/],
  ] as const)('takes records away as %s, and that is recorded before and after', async (format, type) => {
    const run = await aRun();
    const answer = await auditor.person.get(`/audit/export?format=${format}&runId=${run.run}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(type);
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="?understudy-audit-/);
    expect(answer.text).toContain(run.run);
    const [ended, begun] = await until(async () => {
      const found = await auditor.records({ person: 'auditor', type: 'audit.exported' });
      const started = await auditor.records({ person: 'auditor', type: 'audit.export_started' });
      const [end, start] = [found[0], started[0]];
      return end !== undefined && start !== undefined && end.seq > start.seq ? ([end, start] as const) : undefined;
    });
    expect(begun).toMatchObject({ outcome: 'intended', details: { format, filter: { runId: run.run }, matching: 4 } });
    expect(ended).toMatchObject({
      outcome: 'success',
      details: { format, complete: true, filter: { runId: run.run }, checkpoint: expect.any(Number) },
    });
  });

  it.each(['csv', 'jsonl', 'ecs', 'log'])(
    'gets with %s the signed checkpoint that covers its last record',
    async (format) => {
      const answer = await auditor.person.get(`/audit/export?format=${format}`);
      const named = parseCheckpoint(answer.headers['audit-checkpoint'] as string)!;
      expect(checkCheckpoint(named, key.keys)).toBeUndefined();
      expect(checkCheckpoint(named, newKey().keys)).toBe('unknown_key');
      // Everything was asked for: what leaves ends with the very record that the checkpoint is of.
      const { seq, hash } = lastOf(format, answer.text);
      expect({ seq, hash }).toEqual({ seq: named.size, hash: named.head });
      expect(answer.headers['content-disposition']).toContain(`-checkpoint-${named.size}.`);
      expect(answer.headers['link']).toBe(`</audit/checkpoints/${named.size}>; rel="describedby"`);

      const sibling = await auditor.person.get(`/audit/checkpoints/${named.size}`);
      expect(sibling.headers['content-disposition']).toContain(`understudy-audit-checkpoint-${named.size}.json`);
      expect(parseCheckpoint(sibling.text)).toEqual(named);
      const lines = answer.text.split('\n');
      if (format === 'csv') expect(answer.text).not.toContain(named.signature);
      else expect(lines.flatMap((line) => parseCheckpoint(line) ?? [])).toContainEqual(named);

      const [, record] = await auditor.records({ type: 'audit.exported' });
      expect(record).toMatchObject({ details: { format, complete: true, checkpoint: named.size } });
      await verifiedAgainst(format === 'csv' ? sibling.text : answer.text);
    },
  );

  it('gets with a narrow search a checkpoint of the whole log, and no record behind it', async () => {
    const run = await aRun();
    const answer = await auditor.person.get(`/audit/export?format=jsonl&runId=${run.run}`);
    const named = parseCheckpoint(answer.headers['audit-checkpoint'] as string)!;
    expect(named.size).toBeGreaterThan(lastOf('jsonl', answer.text).seq);
    expect(answer.text.trimEnd().split('\n').at(-1)).toBe(formatCheckpoint(named));
    await verifiedAgainst(answer.text);
  });

  it('finds the newest checkpoint on the page, and is told when there is none of a size', async () => {
    await auditor.person.get('/audit/export?format=csv');
    const page = await auditor.person.get('/audit');
    expect(page.text).toContain('href="/audit/checkpoints/newest"');
    const newest = parseCheckpoint((await auditor.person.get('/audit/checkpoints/newest')).text)!;
    expect(checkCheckpoint(newest, key.keys)).toBeUndefined();
    for (const size of ['0', '999999', '1e3', '-1', 'x', '9'.repeat(40), '__proto__'])
      expect(await auditor.person.json(`/audit/checkpoints/${size}`)).toMatchObject({
        status: 404,
        code: 'checkpoint_unknown',
      });
  });

  it('can check a sealed file without the server', async () => {
    const run = await aRun();
    const { text } = await auditor.person.get(`/audit/export?format=log&runId=${run.run}`);
    const file = join(server.databaseUrl.slice('file:'.length), '..', 'export.log');
    await writeFile(file, text);
    expect(await verifyLogFiles([file], { checkpoints: [], keys: undefined })).toMatchObject({ intact: true });
    await writeFile(file, text.replace('"apr"', '"wtg"'));
    expect(await verifyLogFiles([file], { checkpoints: [], keys: undefined })).toMatchObject({ intact: false });
  });

  it('gets sealed bytes as JSON lines', async () => {
    const { text } = await auditor.person.get('/audit/export?format=jsonl&type=login.succeeded');
    const first = JSON.parse(text.split('\n')[0]!) as { hash: string; seq: number };
    const record = (await auditor.person.json(`/audit/records/${first.seq}`)).json as { hash: string; line: string };
    expect(first.hash).toBe(record.hash);
    expect(text.split('\n')[0]).toBe(`{"hash":"${record.hash}",${record.line.slice(1)}`);
  });

  it('may stop an export half-way: nothing breaks, and it is recorded as cut off', async () => {
    const database = await openDatabase(server.databaseUrl);
    const log = createAuditLog({ database, now: () => new Date() });
    const many = Array.from({ length: 30_000 }, () => loggedOut({ actionId: 'x'.repeat(900) }));
    for (let start = 0; start < many.length; start += 1_000) await log.append(many.slice(start, start + 1_000));
    await log.close();
    await database.close();
    await auditor.records({});
    await new Promise<void>((resolve, reject) => {
      const url = new URL('/audit/export?format=csv', server.url);
      const cookie = auditor.person.jar.header(url);
      const call = httpRequest(url, { headers: { cookie } }, (response) => {
        response.once('data', () => {
          response.destroy();
          resolve();
        });
      });
      call.on('error', reject).end();
    });
    const record = await until(async () => {
      const [newest] = await auditor.records({ type: 'audit.exported', outcome: 'failed' });
      return newest;
    });
    expect(record.details).toMatchObject({ format: 'csv', complete: false });
    expect(record.details?.['records']).toBeLessThan(30_000);
    expect((await auditor.person.get('/audit')).status).toBe(200);
  });
});

describe('somebody who is no auditor', () => {
  it.each([
    '/audit',
    '/audit/records/1',
    '/audit/export?format=csv',
    '/audit/checkpoints/newest',
    '/audit/verify',
    '/AUDIT',
  ])('is refused %s, and that is recorded', async (path) => {
    const artist = createPerson(server, 'artist');
    await artist.visit('/');
    await artist.follow(await artist.click([6933]));
    const answer = await artist.json(path);
    expect([answer.status, answer.code]).toEqual([403, 'role_required']);
    const [record] = await auditor.records({ reference: answer.reference! });
    expect(record).toMatchObject({ type: 'role.refused', person: { login: 'artist' } });
  });
});

/** The figures of a running server: who may read them, that they tell what happened and of whom nothing, and that alerts and dashboard ask for what is there. */
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { createAuditor } from '../support/auditor.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const [NEW_TOKEN, OLD_TOKEN] = ['n'.repeat(40), 'o'.repeat(40)];
/** A proxy on this machine would send it; whoever sends it is not this machine itself. */
const AWAY = { 'x-forwarded-for': '203.0.113.7' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ environment: { METRICS_TOKEN: `${NEW_TOKEN},${OLD_TOKEN}`, TRUST_PROXY: '1' } });
});
afterAll(() => server.close());

type Got = { readonly status: number; readonly text: string; readonly headers: Readonly<Record<string, unknown>> };

/** `fetch` would not let a test choose its Host. */
function get(headers: Readonly<Record<string, string>> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    httpRequest(`${server.url}/metrics`, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    })
      .on('error', reject)
      .end();
  });
}

async function sample(name: string): Promise<number> {
  const line = (await get()).text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length));
}

describe('the figures of a server', () => {
  it('are for this machine itself, as plain text', async () => {
    const { status, text, headers } = await get();
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toContain('process_resident_memory_bytes ');
  });

  it.each([
    ['somebody behind a proxy', AWAY],
    ['somebody behind a proxy who claims to be here', { 'x-forwarded-for': '127.0.0.1' }],
    ['a proxy that names itself otherwise', { forwarded: 'for=127.0.0.1' }],
    ['a page that calls this machine by another name', { host: 'evil.example' }],
    ['a wrong token', { ...AWAY, authorization: `Bearer ${'x'.repeat(40)}` }],
    ['half a token', { ...AWAY, authorization: `Bearer ${NEW_TOKEN.slice(0, 39)}` }],
    ['a token in the wrong place', { ...AWAY, authorization: `Basic ${NEW_TOKEN}` }],
    ['no token', { ...AWAY, authorization: 'Bearer ' }],
  ])('are not for %s', async (_who, headers: Readonly<Record<string, string>>) => {
    const answer = await get({ ...headers, accept: 'application/json' });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'metrics_refused', remedy: expect.any(String) });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="metrics"');
    expect((await get({ ...headers, accept: 'text/html' })).text).toContain('data-code>metrics_refused');
  });

  it.each([NEW_TOKEN, OLD_TOKEN])('are for whoever has a token, the newest or one before', async (token) => {
    expect((await get({ ...AWAY, authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('count a journey: its click, refusals, run, rows and calls', async () => {
    await get();
    const before = await sample('understudy_refusals_total{code="ami_malformed"}');
    const artist = createPerson(server, 'artist');
    const run = await artist.finish(await artist.confirm(await artist.follow(await artist.click([6933, 6934]))));
    await artist.send([['user_login', 'artist']]);
    const { text } = await get();
    const value = (name: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length),
      );
    expect(value('understudy_clicks_total{payload="full"}')).toBe(1);
    expect(value('understudy_runs_confirmed_total{origin="click"}')).toBe(1);
    expect(value('understudy_runs_finished_total{outcome="success"}')).toBe(1);
    expect(value('understudy_rows_total{outcome="done"}')).toBe(2);
    expect(value('understudy_refusals_total{code="ami_malformed"}')).toBe((before || 0) + 1);
    expect(value('understudy_audit_records_total')).toBeGreaterThan(5);
    expect(value('understudy_audit_append_duration_seconds_count{result="done"}')).toBeGreaterThan(4);
    expect(value('understudy_idp_call_duration_seconds_count{result="answered"}')).toBeGreaterThan(1);
    expect(text).toMatch(/understudy_shotgrid_call_duration_seconds_count\{operation="batch",status="2xx"\} \d/);
    // Without the figures themselves: the digits of a duration may be anybody's number.
    const names = text.replaceAll(/^([^#].*) \S+$/gm, '$1');
    for (const personal of ['artist', 'Alma', run.run, run.reference, '6933', '127.0.0.1']) {
      expect(names).not.toContain(personal);
    }
  });

  it('tell of the administrators’ switches', async () => {
    const admin = createPerson(server, 'admin.flag-on');
    await admin.visit('/admin');
    const { action, fields } = (await admin.get('/admin/read-only')).form('/read-only');
    await admin.post(action, { form: [...fields, ['reason', 'delivery']] });
    expect(await sample('understudy_read_only')).toBe(1);
  });

  it('leave nothing in the audit log, and no token in any log', async () => {
    await get({ ...AWAY, authorization: `Bearer ${'y'.repeat(40)}` });
    const auditor = createAuditor(server);
    expect(await auditor.records({ code: 'metrics_refused' })).toEqual([]);
    for (const token of [NEW_TOKEN, OLD_TOKEN, 'y'.repeat(40)]) expect(server.lines.join('\n')).not.toContain(token);
  });
});

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary?: string; readonly remedy?: string };
};

type Panel = {
  readonly title: string;
  readonly description: string;
  readonly targets: readonly { readonly expr: string }[];
};

function observability(name: string): string {
  return readFileSync(new URL(`../../infra/observability/${name}`, import.meta.url), 'utf8');
}

const rules = (
  parse(observability('alerts.yaml')) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(observability('grafana-dashboard.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
};
const queries: readonly (readonly [where: string, expr: string])[] = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...dashboard.templating.list.flatMap(({ definition }) =>
    definition === undefined ? [] : [['variable', definition] as const],
  ),
];

describe('alerts and dashboard', () => {
  it('ask for figures that a running server has, by labels and values that these have', async () => {
    const { text } = await get();
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]));
    const names = new Set(
      [...types].flatMap(([name, type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    // Prometheus itself knows whether it could ask.
    names.add('up');
    const missing: string[] = [];
    for (const [where, expr] of queries) {
      const bare = expr.replaceAll(/"[^"]*"/g, '""').replaceAll(/\b(?:by|without) ?\([^)]*\)/g, '');
      const asked = [...bare.matchAll(/\b([a-z][a-z0-9_]*)\b(?=\s*[{[)\s,]|$)(?!\s*\()/g)].map(([, name = '']) => name);
      const known = asked.filter((name) => /^(understudy|process|nodejs|up$)/.test(name));
      expect([where, known.length > 0]).toEqual([where, true]);
      missing.push(...known.filter((name) => !names.has(name)).map((name) => `${where}: ${name}`));
      for (const [, name = '', selector = ''] of expr.matchAll(/([a-z_]+)\{([^}]*)\}/g)) {
        for (const [, label = '', operator, value = ''] of selector.matchAll(/(\w+)(=~?)"([^"]*)"/g)) {
          if (['instance', 'job'].includes(label)) continue;
          const has = text
            .split('\n')
            .some((line) => line.startsWith(`${name}{`) && line.includes(`${label}="${value}"`));
          if (operator !== '=' || !has) missing.push(`${where}: ${name}{${label}="${value}"}`);
        }
      }
    }
    expect(missing).toEqual([]);
  });

  it('ask for every figure of ours somewhere', async () => {
    const ours = [...(await get()).text.matchAll(/^# TYPE (understudy_\S+) /gm)].map(([, name = '']) => name);
    const all = queries.map(([, expr]) => expr).join('\n');
    expect(ours.filter((name) => !all.includes(name))).toEqual([]);
  });

  it('say what is wrong, how bad it is, and what to do first', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Understudy[A-Z]\w+$/);
      expect(['critical', 'warning']).toContain(labels.severity);
      expect([alert, annotations.summary?.endsWith('.'), annotations.remedy?.endsWith('.')]).toEqual([
        alert,
        true,
        true,
      ]);
    }
    for (const { title, description } of dashboard.panels)
      expect([title, description.endsWith('.')]).toEqual([title, true]);
  });
});

/** ① Clicks that are refused at the door: each with its page, its record, and a site that did not change. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { signForm } from '../../infra/studio/site/sign-form.ts';
import { newSecret } from '../../infra/studio/start.ts';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson, encodeForm, resign, type Fields, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const STRICT_TOKEN = newSecret();
const FORM = 'application/x-www-form-urlencoded';

let actionsDir: string;
let server: TestServer;
let auditor: Auditor;
let artist: Person;
let form: Fields;
let secretToken: string;

beforeAll(async () => {
  actionsDir = await mkdtemp(join(tmpdir(), 'understudy-actions-'));
  const file = (name: string, lines: readonly string[]) => writeFile(join(actionsDir, name), lines.join('\n'));
  const approve = ['title: Approve', 'set:', '  sg_status_list: apr'];
  await file('approve.yml', [...approve, 'entity_types: [Version]']);
  await file('strict.yml', [
    ...approve,
    'entity_types: [Version]',
    'signature_algorithm: sha256',
    'secret_tokens: AMI_SECRET_TOKENS_STRICT',
  ]);
  await file('elsewhere.yml', [...approve, 'entity_types: [CustomEntity42]']);
  server = await startTestServer({ environment: { ACTIONS_DIR: actionsDir, AMI_SECRET_TOKENS_STRICT: STRICT_TOKEN } });
  auditor = createAuditor(server);
  ({ amiSecretToken: secretToken } = server.studio.facts);
});
beforeEach(async () => {
  server.studio.site.reset();
  artist = createPerson(server, 'artist');
  form = await artist.formFor([6933, 6934]);
});
afterAll(async () => {
  await server.close();
  await rm(actionsDir, { recursive: true, force: true });
});

const signed = (changes: Readonly<Record<string, string | undefined>>): Fields => resign(form, secretToken, changes);
const ago = (seconds: number): string => `${new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19)}Z`;

/** The bytes as they are, to the approve action. */
const raw = (body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  artist.post('/ami/approve', {
    body,
    cookies: false,
    headers: {
      'content-type': FORM,
      origin: server.studio.site.url,
      'sec-fetch-site': 'cross-site',
      ...headers,
    },
  });

const refused = (code: string, status: number, attempt: () => Promise<Answer>) =>
  auditor.refusal({ code, status, type: 'click.refused' }, attempt);

describe('a click that the site did not sign', () => {
  const attacks: Readonly<Record<string, () => Fields>> = {
    'has no signature': () => form.filter(([name]) => name !== 'signature'),
    'has an empty signature': () => form.map(([n, v]) => [n, n === 'signature' ? '' : v]),
    'is signed with another token': () => resign(form, newSecret()),
    'has one row more than was signed': () => form.map(([n, v]) => [n, n === 'selected_ids' ? `${v},6935` : v]),
    'names somebody else': () => form.map(([n, v]) => [n, n === 'user_login' ? 'manager' : v]),
    'has a field that was not signed': () => [...form, ['grouping_column', 'entity']],
    'lacks a field that was signed': () => form.filter(([name]) => name !== 'title'),
    'is signed in capitals': () => form.map(([n, v]) => [n, n === 'signature' ? v.toUpperCase() : v]),
    'has junk after the signature': () => form.map(([n, v]) => [n, n === 'signature' ? `${v}zz` : v]),
    'is signed with sha256 where sha1 is set up': () => [
      ...form.filter(([name]) => name !== 'signature'),
      [
        'signature',
        signForm(
          form.filter(([name]) => name !== 'signature'),
          secretToken,
          'sha256',
        ),
      ],
    ],
  };
  it.each(Object.keys(attacks))('is refused when it %s', async (attack) => {
    const fields = attacks[attack]!();
    const { record } = await refused('ami_signature_invalid', 401, () => artist.send(fields));
    expect(record.person?.proven).toBe(false);
  });

  it('is refused by an action with a stronger algorithm and a token of its own', async () => {
    await refused('ami_signature_invalid', 401, () => artist.send(form, '/ami/strict'));
    const fields = form.filter(([name]) => name !== 'signature');
    const weaker: Fields = [...fields, ['signature', signForm(fields, STRICT_TOKEN, 'sha1')]];
    await refused('ami_signature_invalid', 401, () => artist.send(weaker, '/ami/strict'));
    const right: Fields = [...fields, ['signature', signForm(fields, STRICT_TOKEN, 'sha256')]];
    expect((await artist.send(right, '/ami/strict')).status).toBe(303);
  });
});

describe('a click that is not of now', () => {
  it.each([
    ['a minute old', 60],
    ['eleven seconds and more old', 13],
    ['a minute ahead', -60],
  ])('is refused when it is %s', async (_what, seconds) => {
    await refused('ami_stale', 401, () => artist.send(signed({ timestamp: ago(seconds) })));
  });
});

describe('a click that was used', () => {
  it('is refused the second time, and the first goes on', async () => {
    const first = await artist.send(form);
    await refused('ami_replayed', 409, () => artist.send(form));
    expect((await artist.follow(first)).tally).toMatchObject({ changes: 2 });
  });

  it('is refused however its signature is spelled', async () => {
    await artist.send(form);
    const respelled = form.map(([n, v]): [string, string] => [n, n === 'signature' ? `sha1=${v}` : v]);
    await refused('ami_replayed', 409, () => artist.send(respelled));
  });

  it('makes one launch when it arrives ten times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => artist.send(form)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(9).fill(409)]);
  });
});

describe('a click from another site', () => {
  it.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost'])('is refused: %s', async (host) => {
    await refused('ami_wrong_site', 403, () => artist.send(signed({ server_hostname: host })));
  });
});

describe('a click that cannot be understood', () => {
  it.each(['user_id', 'user_login', 'server_hostname', 'timestamp', 'entity_type'])('lacks %s', async (name) => {
    await refused('ami_malformed', 400, () => artist.send(signed({ [name]: undefined })));
  });

  it.each(['user_id', 'selected_ids', 'signature', 'unheard_of'])('repeats %s', async (name) => {
    await refused('ami_malformed', 400, () => raw(`${encodeForm(form)}&${name}=1&${name}=2`));
  });

  it.each([
    '1,abc',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    '0',
    '99999999999',
    '１２',
    '6933;6934',
    "6933' or 1=1",
    '[6933]',
    '1,,2',
  ])('has %j for rows', async (ids) => {
    await refused('ami_malformed', 400, () => artist.send(signed({ selected_ids: ids })));
    await refused('ami_malformed', 400, () => artist.send(signed({ ids, title: 'other' })));
  });

  it.each(['0', '24 ', '2147483648', 'NaN', '24,25'])('has %j for a person', async (id) => {
    await refused('ami_malformed', 400, () => artist.send(signed({ user_id: id })));
  });

  it.each(['version', 'Ver sion', '../Version', '__proto__', 'A'.repeat(500)])('has %j for a type', async (type) => {
    await refused('ami_malformed', 400, () => artist.send(signed({ entity_type: type })));
  });

  it.each([
    ['JSON', 'application/json', '{"user_id":24}'],
    ['text', 'text/plain', 'user_id=24'],
    [
      'parts',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="user_id"\r\n\r\n24\r\n--x--\r\n',
    ],
    ['XML', 'application/xml', '<user_id>24</user_id>'],
    ['a type of no sense', ';;;', 'user_id=24'],
    ['nothing that says what it is', '', 'user_id=24'],
  ])('is %s instead of a form', async (_what, type, body) => {
    await refused('ami_malformed', 400, () => raw(body, { 'content-type': type }));
  });

  it('is empty', async () => {
    await refused('ami_malformed', 400, () => raw(''));
  });

  it.each([
    ['invalid UTF-8', 'title=%ff%fe'],
    ['invalid UTF-8 without escapes', Buffer.from([0x74, 0x3d, 0xc3, 0x28])],
    ['an overlong encoding of a slash', 'title=%c0%af'],
    ['half an emoji', 'title=%ed%a0%bd'],
    ['a NUL byte', 'title=a%00b'],
    ['a NUL byte in a name', 'ti%00tle=a'],
    ['a broken escape', 'title=%zz'],
    ['a field without a name', '=x'],
    ['too many fields', Array.from({ length: 500 }, (_, i) => `k${i}=1`).join('&')],
    ['a name without end', `${'k'.repeat(5000)}=1`],
  ])('holds %s', async (_what, extra) => {
    await refused('ami_malformed', 400, () =>
      raw(Buffer.concat([Buffer.from(`${encodeForm(form)}&`), Buffer.from(extra as string)])),
    );
  });

  it.each(['gzip', 'br', 'nonsense'])('is compressed: %s', async (encoding) => {
    await refused('ami_malformed', 400, () => raw(gzipSync(encodeForm(form)), { 'content-encoding': encoding }));
  });

  it('says what it is about: the field, never its value', async () => {
    const { answer } = await refused('ami_malformed', 400, () => artist.send(signed({ user_id: 'hunter2' })));
    expect(answer.text).toContain('user_id');
    expect(answer.text).not.toContain('hunter2');
  });
});

describe('a click of too much', () => {
  it('is refused at 20 MB', async () => {
    await refused('ami_too_large', 413, () => raw(`title=${'x'.repeat(20 * 1024 * 1024)}`));
  });

  it('is refused at 5 MB and one byte', async () => {
    await refused('ami_too_large', 413, () => raw(`title=${'x'.repeat(5 * 1024 * 1024 - 5)}`));
  });

  it('is refused beyond 100,000 rows', async () => {
    const ids = Array.from({ length: 100_001 }, (_, i) => i + 1).join(',');
    await refused('ami_too_large', 413, () => artist.send(signed({ ids })));
  });

  it('is taken with 100,000 rows on the page', async () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => 1_000_000 + i).join(',');
    const preview = await artist.follow(await artist.send(signed({ ids })));
    expect(preview.tally).toMatchObject({ changes: 2 });
  });

  it('is refused when it selects more rows than the action takes', async () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => i + 1).join(',');
    await refused('action_not_applicable', 400, () => artist.send(signed({ selected_ids: ids, ids })));
  });
});

describe('a click on an action that is not there', () => {
  it.each([
    '/ami/nope',
    '/ami/__proto__',
    '/ami/constructor',
    '/ami/APPROVE',
    '/ami/approve.yml',
    '/ami/approve%2f',
    '/ami/..%2fapprove',
    '/ami/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/ami/..%5capprove',
    '/ami/approve%00',
    '/ami/approve%0d%0aset-cookie:%20a=b',
    '/ami/.',
    '/ami/..',
    `/ami/${'a'.repeat(5000)}`,
    '/ami/%F0%9F%98%80',
    '/ami',
    '/ami/',
    '/ami/approve/x',
    '/ami//approve',
    '/ami/..%2f/approve',
  ])('%s', async (path) => {
    await refused('action_unknown', 404, () => artist.send(form, path));
  });

  it('is refused too when the name cannot even be decoded', async () => {
    await refused('request_malformed', 400, () => artist.send(form, '/ami/%E0%A4%A'));
  });

  it('is recorded however the address is spelled', async () => {
    const unsigned = form.filter(([name]) => name !== 'signature');
    await refused('ami_signature_invalid', 401, () => artist.send(unsigned, '/AMI/approve'));
    await refused('ami_signature_invalid', 401, () => artist.send(unsigned, '/ami/approve/'));
  });
});

describe('a click on rows that the action is not for', () => {
  it.each(['Task', 'CustomEntity42'])('is refused: %s', async (type) => {
    await refused('action_not_applicable', 400, () => artist.send(signed({ entity_type: type })));
  });

  it('is refused at the preview when the site does not know the type', async () => {
    const launch = await artist.send(signed({ entity_type: 'CustomEntity42' }), '/ami/elsewhere');
    expect(launch.status).toBe(303);
    await auditor.refusal({ code: 'shotgrid_not_found', status: 404, type: 'plan.failed' }, () =>
      artist.follow(launch),
    );
  });
});

describe('hostile text in a signed click', () => {
  it('cannot become a header, or markup', async () => {
    const title = 'x\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>';
    const launch = await artist.send(signed({ title, view: title, cols: title, referrer_path: '//evil.example/' }));
    expect(launch.status).toBe(303);
    expect(launch.setCookies.join()).not.toContain('evil');
    const preview = await artist.follow(launch);
    expect(preview.text).toContain('&lt;script&gt;');
    expect(preview.text).not.toContain('<script>alert');
    expect(preview.text).not.toContain('evil.example');
    expect(JSON.stringify(preview.headers)).not.toContain('evil');
  });

  it.each(['__proto__', '__proto__[isAdmin]', 'constructor.prototype.isAdmin', 'constructor[prototype][isAdmin]'])(
    'pollutes no prototype: %s',
    async (key) => {
      const fields = signed({});
      const more = [...fields.filter(([name]) => name !== 'signature'), [key, 'true']] as Fields;
      const preview = await artist.follow(await artist.send([...more, ['signature', signForm(more, secretToken)]]));
      expect(preview.tally).toMatchObject({ changes: 2 });
      expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
    },
  );
});

describe('requests that are no clicks', () => {
  it('a GET that carries nothing is refused', async () => {
    await refused('ami_malformed', 400, () => artist.get('/ami/approve'));
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])('%s finds no action', async (method) => {
    const response = await fetch(`${server.url}/ami/approve`, { method, headers: { accept: 'application/json' } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'action_unknown' });
  });
});

/** Thousands of clicks with something wrong, sent to the running server: each is refused with its code, or does no harm. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Agent } from 'undici';
import { signForm } from '../../infra/studio/site/sign-form.ts';
import { expectUnchanged } from '../support/auditor.ts';
import { createPerson, encodeForm, type Fields } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const CLICKS = 5_000;
/** Sent at once. */
const GROUP = 10;

/** Every code that this route may answer with; a new one is a change of the contract. */
const CODES = [
  'ami_signature_invalid',
  'ami_stale',
  'ami_replayed',
  'ami_wrong_site',
  'ami_malformed',
  'ami_too_large',
  'action_unknown',
  'action_not_applicable',
  'request_malformed',
];

type Click = { readonly path: string; readonly contentType: string; readonly body: Buffer };

let server: TestServer;
let genuine: Fields;
beforeAll(async () => {
  // A wide window, so that what is mutated here is not refused for its age alone.
  server = await startTestServer({
    environment: { AMI_MAX_AGE_SECONDS: '600', RATE_LIMIT_ADDRESS: '10000000', RATE_LIMIT_PERSON: '10000000' },
  });
  genuine = await createPerson(server, 'artist').formFor([6933, 6934, 6935]);
});
afterAll(() => server.close());

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.integer().map(String),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e9',
    '٣',
    'null',
    'undefined',
    '\0',
    '\r\nSet-Cookie: a=b',
    '<script>alert(1)</script>',
    '__proto__',
    '../../etc/passwd',
    "'; drop table launches; --",
    '${7*7}',
    '<%= 7*7 %>',
    'Version,Shot',
    '9'.repeat(400),
    ','.repeat(400),
    '%00',
    '\u{1F600}\uFEFF\u202E',
  ),
);
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('user_id', 'user_login', 'entity_type', 'selected_ids', 'ids', 'timestamp') },
  { weight: 4, arbitrary: fc.constantFrom('server_hostname', 'signature', 'title', 'page_id', 'cols', 'project_id') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('event_log_entry_id', '__proto__', 'constructor', 'session_uuid', 'sort_columns'),
  },
  { weight: 1, arbitrary: hostile },
);

/** Well formed, but wrong or at least not what was clicked. */
const plausible = fc.constantFrom(
  { name: 'entity_type', value: 'Task' },
  { name: 'server_hostname', value: 'evil.example' },
  { name: 'timestamp', value: '2020-01-01T00:00:00Z' },
  { name: 'timestamp', value: '2100-01-01T00:00:00Z' },
  { name: 'user_login', value: 'manager' },
  { name: 'selected_ids', value: '6934' },
);

const change = fc.oneof(
  plausible.map((wrong) => ({ do: 'set' as const, ...wrong })),
  fc.record({ do: fc.constant('set' as const), name, value: hostile }),
  fc.record({ do: fc.constant('drop' as const), name }),
  fc.record({ do: fc.constant('repeat' as const), name, value: hostile }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const damage = fc.oneof(
  fc.record({
    do: fc.constant('overwrite' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
  }),
  fc.record({ do: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ do: fc.constant('append' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

const click = fc.record({
  changes: fc.array(change, { maxLength: 4 }),
  signed: fc.boolean(),
  damages: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Damage[]>([]) },
    { weight: 1, arbitrary: fc.array(damage, { maxLength: 3 }) },
  ),
  path: fc.oneof(
    { weight: 12, arbitrary: fc.constant('/ami/approve') },
    { weight: 1, arbitrary: hostile.map((text) => `/ami/${encodeURIComponent(text.toWellFormed())}`) },
  ),
  contentType: fc.oneof(
    { weight: 12, arbitrary: fc.constant('application/x-www-form-urlencoded') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('application/x-www-form-urlencoded; charset=utf-16', 'text/plain', 'x', ''),
    },
  ),
});

function build(made: typeof click extends fc.Arbitrary<infer T> ? T : never): Click {
  const fields = made.changes.reduce(altered, genuine);
  const signedText = fields.filter(([key]) => key !== 'signature');
  const form: Fields = made.signed
    ? [...signedText, ['signature', signForm(signedText, server.studio.facts.amiSecretToken)]]
    : fields;
  const body = made.damages.reduce<Buffer>(damaged, Buffer.from(encodeForm(form)));
  return { path: made.path, contentType: made.contentType, body };
}

function altered(fields: Fields, one: Change): Fields {
  switch (one.do) {
    case 'set':
      return [...fields.filter(([key]) => key !== one.name), [one.name, one.value]];
    case 'drop':
      return fields.filter(([key]) => key !== one.name);
    case 'repeat':
      return [...fields, [one.name, one.value]];
  }
}

function damaged(body: Buffer, one: Damage): Buffer {
  switch (one.do) {
    case 'overwrite': {
      const copy = Buffer.from(body);
      copy.set(
        one.bytes.subarray(0, Math.max(0, copy.length - (one.at % (copy.length + 1)))),
        one.at % (copy.length + 1),
      );
      return copy;
    }
    case 'cut':
      return body.subarray(0, one.at % (body.length + 1));
    case 'append':
      return Buffer.concat([body, one.bytes]);
  }
}

describe('mutated clicks', () => {
  it(`are answered with a launch or a stable code, ${CLICKS.toLocaleString('en')} of them, and change nothing`, async () => {
    const { site } = server.studio;
    const before = site.snapshot();
    const agent = new Agent({ connections: GROUP });
    const seen = new Map<string, number>();

    async function send({ path, contentType, body }: Click): Promise<void> {
      const answer = await agent.request({
        origin: server.url,
        path,
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': contentType, origin: site.url },
        body,
      });
      const text = await answer.body.text();
      if (answer.statusCode === 303) {
        expect(answer.headers['location']).toMatch(/^\/launches\/[\w-]{22}$/);
        seen.set('launched', (seen.get('launched') ?? 0) + 1);
        return;
      }
      const { code, status, reference } = JSON.parse(text) as Record<string, unknown>;
      expect(CODES).toContain(code);
      expect(status).toBe(answer.statusCode);
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.statusCode).toBeLessThan(500);
      expect(reference).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}$/);
      seen.set(String(code), (seen.get(String(code)) ?? 0) + 1);
    }

    await fc.assert(
      fc.asyncProperty(fc.array(click, { minLength: GROUP, maxLength: GROUP }), async (clicks) => {
        await Promise.all(clicks.map((made) => send(build(made))));
      }),
      { numRuns: CLICKS / GROUP, endOnFailure: true },
    );
    await agent.close();

    expectUnchanged(site.snapshot(), before);
    expect(site.calls.filter(({ method, path }) => method !== 'GET' && !/_search$|access_token$/.test(path))).toEqual(
      [],
    );
    // The mutations are worth something: they get as far as each of these.
    const reached = [
      'launched',
      'ami_signature_invalid',
      'ami_stale',
      'ami_replayed',
      'ami_wrong_site',
      'ami_malformed',
      'action_unknown',
      'action_not_applicable',
    ];
    expect([...seen.keys()]).toEqual(expect.arrayContaining(reached));
    expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBe(CLICKS);
  }, 120_000);
});

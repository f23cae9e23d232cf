/**
 * Every route that changes anything, found in the router itself: each is attacked as another site would, and without the token of its
 * form. A route that is new is attacked too, and fails here until it withstands.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Router } from 'express';
import { pino } from 'pino';
import { ADMIN_GROUP } from '../../infra/studio/idp/people.ts';
import { newSecret } from '../../infra/studio/start.ts';
import { parseConfig } from '../../src/config/config.ts';
import { createApp } from '../../src/web/app.ts';
import { createParts } from '../../src/web/parts.ts';
import { expectUnchanged } from '../support/auditor.ts';
import { createPerson, type Fields, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/** Doors for machines: no browser of ours ever posts there, and what comes is believed by its signature alone. */
const SIGNED_DOORS = ['/ami/:action', '/logout/backchannel'];

type Route = { readonly method: string; readonly path: string };
type Layer = {
  readonly handle: { readonly stack?: readonly Layer[] };
  readonly route?: {
    readonly path: string;
    readonly stack: readonly { readonly method?: string }[];
  };
};

let server: TestServer;
/** May open every page: no role stands in an attacker's way. */
let admin: Person;
let routes: readonly Route[];
let launchId: string;
let runId: string;

beforeAll(async () => {
  server = await startTestServer({ environment: { AUDITOR_GROUPS: ADMIN_GROUP } });
  routes = await routesOf(server);
  admin = createPerson(server, 'admin.flag-on');
  server.studio.site.setField('Version', 6933, 'sg_status_list', 'rev');
  const confirmed = await admin.confirm(await admin.follow(await admin.click([6933])));
  runId = (await admin.finish(confirmed)).run;
  launchId = /\/launches\/([\w-]+)/.exec((await admin.click([6934])).location!.pathname)![1]!;
  await admin.visit(`/launches/${launchId}`);
});
afterAll(() => server.close());

const posts = (): readonly string[] => routes.filter(({ method }) => method === 'post').map(({ path }) => path);
const guarded = (): readonly string[] => posts().filter((path) => !SIGNED_DOORS.includes(path));

/** An address of the person's own, where a token is all that is missing. */
function addressOf(path: string): string {
  const ids: Readonly<Record<string, string>> = { launches: launchId, runs: runId };
  return path.replace(/\/(\w+)\/:\w+/, (_all, kind: string) => `/${kind}/${ids[kind] ?? 'x'}`).replaceAll(/:\w+/g, 'x');
}

describe('what changes anything', () => {
  it('is asked for by POST, and is all that can be found in the router', () => {
    expect(new Set(routes.map(({ method }) => method))).toEqual(new Set(['get', 'post']));
    expect(posts()).toEqual(
      expect.arrayContaining([
        '/logout',
        '/launches/:id/run',
        '/launches/:id/form',
        '/runs/:id/cancel',
        '/runs/:id/undo',
      ]),
    );
    expect(posts().length).toBeGreaterThan(9);
  });

  const ATTACKS: Readonly<Record<string, () => { headers: Readonly<Record<string, string>> }>> = {
    'another site, as its browser says': () => ({
      headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    }),
    'the ShotGrid site': () => ({ headers: { origin: server.studio.site.url, 'sec-fetch-site': 'cross-site' } }),
    'another port of this machine': () => ({
      headers: { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
    }),
    'a page without an origin': () => ({ headers: { origin: 'null', 'sec-fetch-site': 'cross-site' } }),
    'a browser that says cross-site, with our origin': () => ({ headers: { 'sec-fetch-site': 'cross-site' } }),
    'an old browser on another site': () => ({ headers: { origin: 'https://evil.example', 'sec-fetch-site': '' } }),
  };
  it.each(Object.keys(ATTACKS))('is refused from %s, whatever token comes along', async (which) => {
    const before = server.studio.site.snapshot();
    for (const path of guarded()) {
      const answer = await admin.post(addressOf(path), { form: await tokens(), ...ATTACKS[which]!() });
      expect([path, answer.status, answer.code]).toEqual([path, 403, 'csrf_invalid']);
    }
    expectUnchanged(server.studio.site.snapshot(), before);
  });

  it('is refused to whoever says nothing of where they come from', async () => {
    for (const path of guarded()) {
      const answer = await fetch(`${server.url}${addressOf(path)}`, {
        method: 'POST',
        headers: { cookie: admin.jar.header(new URL(server.url)), accept: 'application/json' },
        body: new URLSearchParams((await tokens()).map(([name, value]): [string, string] => [name, value])),
      });
      expect([path, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        path,
        403,
        'csrf_invalid',
      ]);
    }
  });

  it.each(['none', 'that of another person', 'that of another form', 'an empty one', 'two of them'])(
    'is refused with a token that is %s',
    async (which) => {
      const manager = createPerson(server, 'manager');
      const others = (await manager.visit('/account')).form('/logout').fields;
      const forms: Readonly<Record<string, Fields>> = {
        none: [],
        'that of another person': others,
        'an empty one': [['csrf', '']],
        'two of them': [...others, ...others],
      };
      const before = server.studio.site.snapshot();
      const session = (await admin.get('/account')).form('/logout').fields;
      const launch = (await admin.visit(`/launches/${launchId}`)).form('/run').fields;
      for (const path of guarded()) {
        const swapped = path.startsWith('/launches/') ? session : launch.filter(([name]) => name === 'csrf');
        const answer = await admin.post(addressOf(path), { form: forms[which] ?? swapped });
        // A launch without a form sends the person on to its preview before it looks at anything.
        const leads = answer.status === 303 ? answer.location?.pathname : answer.code;
        // What stands for no thing of the person's may also be said not to be there.
        const expected = path.endsWith('/form')
          ? [`/launches/${launchId}`]
          : addressOf(path).includes('/x')
            ? ['csrf_invalid', 'launch_unknown', 'session_unknown', 'action_unknown']
            : ['csrf_invalid'];
        expect([path, expected.includes(String(leads)) ? 'refused' : leads]).toEqual([path, 'refused']);
      }
      expectUnchanged(server.studio.site.snapshot(), before);
      expect((await admin.get('/')).isSignedIn).toBe(true);
    },
  );

  it('is refused to somebody who is not signed in, before anything is looked at', async () => {
    const nobody = createPerson(server, 'artist');
    const before = server.studio.site.snapshot();
    for (const path of guarded()) {
      const answer = await nobody.post(addressOf(path), { form: [] });
      expect(answer.status).toBeGreaterThanOrEqual(300);
      expect(answer.status).toBeLessThan(500);
      if (answer.status === 303) expect(answer.location?.pathname).toMatch(/^\/(?:login|signed-out)$/);
    }
    expectUnchanged(server.studio.site.snapshot(), before);
  });

  it('is not done by any other method', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      const answer = await fetch(`${server.url}/logout`, {
        method,
        headers: { cookie: admin.jar.header(new URL(server.url)) },
      });
      expect([method, answer.status]).toEqual([method, 404]);
    }
    expect((await admin.get('/')).isSignedIn).toBe(true);
  });
});

/** Both kinds of tokens that this person has: only where they come from is wrong. */
async function tokens(): Promise<Fields> {
  return (await admin.get('/account')).form('/logout').fields;
}

/** The routes of the real application, from a copy of it that never listens. */
async function routesOf({ url, studio }: TestServer): Promise<readonly Route[]> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-routes-'));
  try {
    const { config, secrets } = parseConfig(
      {
        ...studio.environment,
        PUBLIC_URL: url,
        SESSION_SECRETS: newSecret(),
        DATABASE_URL: `file:${join(folder, 'a.db')}`,
      },
      String,
    );
    const parts = await createParts(config, secrets, pino({ level: 'silent' }), () => new Date());
    const app = createApp({ ...parts, isDraining: () => false });
    await parts.close();
    return findRoutes((app.router as unknown as Router & { readonly stack: readonly Layer[] }).stack);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function findRoutes(stack: readonly Layer[]): readonly Route[] {
  return stack.flatMap(({ route, handle }) => {
    if (route === undefined) return findRoutes(handle.stack ?? []);
    const methods = new Set(route.stack.flatMap(({ method }) => method ?? []));
    return [...methods].map((method) => ({ method, path: route.path }));
  });
}

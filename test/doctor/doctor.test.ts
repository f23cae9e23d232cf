/** Breaks one thing at a time in a studio that is well, and expects that finding, that remedy, and no other. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Site } from '../../infra/studio/site/start.ts';
import { startGateway } from '../support/gateway.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { startFront, type Change, type Front } from './front.ts';
import { createPatient, type Patient } from './patient.ts';

let server: TestServer;
let patient: Patient;
let site: Site;
const fronts: { close(): Promise<void> }[] = [];
const SCRIPT = 298;
const [ARTIST_SET, MANAGER_SET, VENDOR_SET] = [3, 2, 4].map((id) => ({ type: 'PermissionRuleSet', id }));
beforeAll(async () => {
  server = await startTestServer();
  ({ site } = server.studio);
  patient = await createPatient(server);
}, 60_000);
afterAll(() => server.close());
beforeEach(() => {
  site.reset();
  server.studio.idp.reset();
});
afterEach(async () => {
  for (const front of fronts.splice(0)) await front.close();
});

async function frontOf(target: string, change: Change): Promise<Front> {
  const front = await startFront(target, change);
  fronts.push(front);
  return front;
}
const skipped = (saw: unknown) => expect.objectContaining({ level: 'skipped', saw });
const without = <T>(found: Readonly<Record<string, T>>, ...ids: readonly string[]) =>
  Object.fromEntries(Object.entries(found).filter(([id]) => !ids.includes(id)));
/** Levels alone, where the finding of one check is the reason of many. */
const levelsOf = (found: Readonly<Record<string, { readonly level: string }>>) =>
  Object.fromEntries(Object.entries(found).map(([id, { level }]) => [id, level]));

describe('a studio where nothing is wrong', () => {
  it('is told so, check by check, in a moment', async () => {
    const report = await patient.examine({ questions: { asLogin: 'artist' } });
    const levels = Map.groupBy(report.checks, ({ level }) => level);
    expect(levels.get('failure') ?? []).toEqual([]);
    // Somebody's flag is off there, and nothing is signed.
    expect(levels.get('warning')?.map(({ id }) => id)).toEqual(['flag_off', 'checkpoint']);
    const skipped = ['tls_public', 'tls_site', 'tls_idp', 'idp_claims', 'redis'];
    expect(levels.get('skipped')?.map(({ id }) => id)).toEqual(skipped);
    expect(levels.get('ok')).toHaveLength(report.checks.length - skipped.length - 2);
    expect(report.level).toBe('warning');
    expect(report.ms).toBeLessThan(10_000);
  });

  it('is left as it was', async () => {
    const before = JSON.stringify(site.snapshot());
    await patient.examine({ questions: { asLogin: 'artist' } });
    expect(JSON.stringify(site.snapshot())).toBe(before);
    expect(site.eventLog()).toEqual([]);
  });
});

describe('configuration', () => {
  it('names every variable, and still looks at whatever it can', async () => {
    const found = await patient.differences({ env: { PORT: 'hunter2', SHOTGRID_SCRIPT_KEY: undefined } });
    expect(found['configuration']).toEqual({
      level: 'failure',
      saw: 'The server would not start: 2 problems.',
      remedy: 'Mend each of these variables; "understudy check --example" says what each is for.',
      details: ['PORT: must be a port number', 'SHOTGRID_SCRIPT_KEY: is required'],
    });
    expect(without(found, 'configuration')).toEqual(
      Object.fromEntries(
        ['site_fields', 'script_key', 'script_permissions', 'event_log', 'flag_off', 'logins', 'menu'].map((id) => [
          id,
          skipped('Not looked at: SHOTGRID_SCRIPT_KEY cannot be used.'),
        ]),
      ),
    );
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('notes names that have no effect', async () => {
    expect(await patient.differences({ env: { OIDC_FOO: 'hunter2' } })).toEqual({
      configuration: {
        level: 'warning',
        saw: '1 variable that no part of the server reads.',
        remedy: 'Correct the name, or take it out if it is meant for another program.',
        details: ['OIDC_FOO'],
      },
    });
  });
});

describe('action files', () => {
  const withFiles = async (files: Readonly<Record<string, string>>) => {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-doctor-'));
    try {
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
      // The site's menu items are then those of other files, which is another finding.
      return without(await patient.differences({ env: { ACTIONS_DIR: folder } }), 'menu');
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it('are named with the line that is wrong', async () => {
    expect(await withFiles({ 'a.yml': 'title: A\n' })).toEqual({
      actions: {
        level: 'failure',
        saw: expect.stringContaining('1 problem.'),
        remedy: 'Mend the files at the lines named here; "understudy action check" reads them again.',
        details: expect.arrayContaining([expect.stringMatching(/^a\.yml: line 1: /)]),
      },
    });
  });

  it('are missed when there are none', async () => {
    expect(await withFiles({})).toMatchObject({
      actions: { level: 'warning', remedy: 'Put an action file into ACTIONS_DIR.' },
    });
  });
});

describe('how browsers reach us', () => {
  const behind = async (headers: (headers: Headers) => void) => {
    const front = await frontOf(server.url, { headers });
    const found = await patient.differences({ env: { PUBLIC_URL: front.url } });
    // Neither the provider nor the site's menu items know that address, which are other findings.
    return without(found, 'idp_redirect', 'menu');
  };

  it('a proxy that changes nothing is well', async () => {
    expect(await behind(() => undefined)).toEqual({});
  });

  it('a proxy that adds X-Frame-Options shuts the overlay', async () => {
    expect(await behind((headers) => headers.set('x-frame-options', 'SAMEORIGIN'))).toEqual({
      framing: {
        level: 'failure',
        saw: 'Something between us and the browser adds X-Frame-Options: ShotGrid cannot show our pages in its overlay.',
        remedy: expect.stringContaining('Take X-Frame-Options out of the proxy’s settings'),
      },
    });
  });

  it('a proxy that takes our policy away, or adds one of its own, is found', async () => {
    expect(await behind((headers) => headers.delete('content-security-policy'))).toMatchObject({
      framing: { level: 'failure', remedy: expect.stringContaining('pass its answers on unchanged') },
    });
    expect(
      await behind((headers) => headers.append('content-security-policy', "frame-ancestors 'self'")),
    ).toMatchObject({
      framing: { level: 'failure', saw: expect.stringContaining('does not let SHOTGRID_URL frame our pages') },
    });
  });

  it('a server that does not run is a warning', async () => {
    const found = await patient.differences({ env: { PUBLIC_URL: 'http://localhost:1' } });
    expect(found['framing']).toEqual({
      level: 'warning',
      saw: 'http://localhost:1 does not answer from here (ECONNREFUSED).',
      remedy: expect.stringContaining('Start the server'),
    });
  });

  it('cookies of site and server do not share a host', async () => {
    const found = await patient.differences({ env: { SHOTGRID_URL: site.url.replace('127.0.0.1', 'localhost') } });
    expect(found['cookies']).toEqual({
      level: 'warning',
      saw: expect.stringContaining('PUBLIC_URL and SHOTGRID_URL are on one host name'),
      remedy: 'Give the server a host name of its own.',
    });
  });

  it('a proxy that ends TLS is to be believed', async () => {
    const https = { PUBLIC_URL: 'https://understudy.invalid' };
    expect((await patient.differences({ env: https }))['proxy']).toEqual({
      level: 'warning',
      saw: expect.stringContaining('records name its address instead of people’s'),
      remedy: 'Set TRUST_PROXY to the number of proxies in front of the server.',
    });
    expect((await patient.differences({ env: { ...https, TRUST_PROXY: '1' } }))['proxy']).toBeUndefined();
  });
});

describe('clocks', () => {
  const remedy = 'Synchronise this machine’s clock by the network (NTP); if it is, tell whoever runs the other.';
  const shifted = (seconds: number) => (headers: Headers) =>
    headers.set('date', new Date(Date.now() + seconds * 1000).toUTCString());

  it('a site that is a minute ahead refuses every click', async () => {
    const front = await frontOf(site.url, { headers: shifted(60) });
    // Another address of the site is not the one that the running server lets frame its pages.
    const found = await patient.differences({ env: { SHOTGRID_URL: front.url } });
    expect(without(found, 'framing', 'cookies')).toEqual({
      clock_site: {
        level: 'failure',
        saw: expect.stringMatching(
          /^Our clock is (59|60|61) s behind the ShotGrid site’s; 10 s are tolerated, so clicks are refused as stale\.$/,
        ),
        remedy,
      },
    });
  });

  it('the tolerance is the configured one', async () => {
    const front = await frontOf(site.url, { headers: shifted(-60) });
    const env = { SHOTGRID_URL: front.url, AMI_MAX_AGE_SECONDS: '100' };
    expect((await patient.differences({ env }))['clock_site']).toMatchObject({
      level: 'warning',
      saw: expect.stringMatching(/^Our clock is \d+ s ahead of the ShotGrid site’s; 100 s are tolerated\.$/),
    });
  });

  it('a provider that is two minutes behind refuses every sign-in', async () => {
    server.studio.idp.setClockSkew(-120);
    expect(await patient.differences({})).toEqual({
      clock_idp: {
        level: 'failure',
        saw: expect.stringMatching(/s ahead of the identity provider’s; 30 s are tolerated, so sign-ins fail\.$/),
        remedy,
      },
    });
  });
});

describe('the identity provider', () => {
  it('that is away is named once', async () => {
    server.studio.idp.pause();
    expect(await patient.differences({})).toEqual({
      idp_discovery: {
        level: 'failure',
        saw: expect.stringMatching(/^The identity provider does not answer \(GET .* ECONNRESET|UND_ERR/),
        remedy: 'See that it runs, that OIDC_ISSUER_URL is right, and that this machine may reach it.',
      },
      clock_idp: skipped(expect.stringContaining('Not compared: ')),
      idp_keys: skipped('Not looked at: the identity provider does not describe itself.'),
      idp_redirect: skipped('Not looked at: the identity provider does not describe itself.'),
      idp_client: skipped('Not looked at: the identity provider does not describe itself.'),
    });
  });

  it('that is spelled otherwise than it spells itself is shown the right way', async () => {
    const { url } = server.studio.idp;
    expect((await patient.differences({ env: { OIDC_ISSUER_URL: `${url}/` } }))['idp_discovery']).toEqual({
      level: 'failure',
      saw: `The provider calls itself ${url}, and OIDC_ISSUER_URL says ${url}/.`,
      remedy: `Set OIDC_ISSUER_URL to ${url}, to the letter, if that is the provider you mean.`,
    });
  });

  it('that is none is named', async () => {
    expect((await patient.differences({ env: { OIDC_ISSUER_URL: site.url } }))['idp_discovery']).toEqual({
      level: 'failure',
      saw: expect.stringContaining('There is no description of an OpenID provider at '),
      remedy: 'Set OIDC_ISSUER_URL to the issuer that the provider’s own pages name, with its path if it has one.',
    });
  });

  it('is asked for what it offers', async () => {
    const env = { OIDC_SCOPES: 'openid payroll', OIDC_LOGIN_CLAIM: 'badge' };
    expect((await patient.differences({ env }))['idp_discovery']).toEqual({
      level: 'warning',
      saw: 'The provider does not list everything that we are configured to use.',
      remedy: expect.stringContaining('Compare OIDC_SCOPES'),
      details: ['scope payroll', 'claim badge'],
    });
  });

  it('that publishes no key is named', async () => {
    const front = await frontOf(server.studio.idp.url, {
      body: (path, text) =>
        path.includes('jwks') ? '{"keys":[]}' : text.replaceAll(server.studio.idp.url, frontUrl()),
    });
    const frontUrl = (): string => front.url;
    expect(await patient.differences({ env: { OIDC_ISSUER_URL: front.url } })).toEqual({
      idp_keys: {
        level: 'failure',
        saw: 'The provider publishes no key that an ID token could be verified with, so every sign-in fails.',
        remedy: expect.stringContaining('Give the provider a signing key'),
      },
    });
  });

  it('that does not know our address says which to register', async () => {
    const front = await frontOf(server.url, {});
    expect(without(await patient.differences({ env: { PUBLIC_URL: front.url } }), 'menu')).toEqual({
      idp_redirect: {
        level: 'failure',
        saw: `The provider refuses the client or the address ${front.url}/login/callback (status 400).`,
        remedy: `Register exactly ${front.url}/login/callback as a redirect URI of the client that OIDC_CLIENT_ID names.`,
      },
    });
  });

  it('that does not take our secret is found before anybody signs in', async () => {
    expect(await patient.differences({ env: { OIDC_CLIENT_SECRET: 'the one of last year' } })).toEqual({
      idp_client: {
        level: 'failure',
        saw: 'The provider does not take our client id and client secret, so every sign-in fails at its end.',
        remedy: expect.stringContaining('Copy the client secret from the provider into OIDC_CLIENT_SECRET'),
      },
    });
  });
});

describe('the login claim', () => {
  const sample = (login: string) => ({
    sub: '1',
    upn: `${login}@studio.example`,
    preferred_username: `u-${login}`,
    n: 7,
  });

  it('is tried with what people bring, and the better one is named', async () => {
    const questions = { claims: ['artist', 'manager', 'stranger'].map(sample) };
    expect(await patient.differences({ questions })).toEqual({
      idp_claims: {
        level: 'failure',
        saw: 'preferred_username names an active login of the site in 0 of 3 samples; upn without its domain in 2.',
        remedy: 'Set OIDC_LOGIN_CLAIM=upn and OIDC_LOGIN_STRIP_DOMAIN=true, if the provider serves a single domain.',
        details: ['upn without its domain: 2 of 3'],
      },
    });
  });

  it('is well when every sample is somebody, whatever the case', async () => {
    const questions = { claims: [{ preferred_username: ' Artist' }, { preferred_username: 'manager' }] };
    const report = await patient.examine({ questions });
    expect(report.checks.find(({ id }) => id === 'idp_claims')).toMatchObject({
      level: 'ok',
      saw: 'preferred_username names an active login of the site in 2 of 2 samples.',
    });
  });

  it('that nothing matches, or that not everybody has, is told', async () => {
    const found = await patient.differences({ questions: { claims: [{ preferred_username: 'nobody', mail: 5 }] } });
    expect(found).toMatchObject({ idp_claims: { level: 'failure', details: [] } });
    const env = { OIDC_LOGIN_CLAIM: 'upn', OIDC_LOGIN_STRIP_DOMAIN: 'true' };
    const { idp_claims: claims } = await patient.differences({
      env,
      questions: { claims: ['artist', 'stranger'].map(sample) },
    });
    expect(claims).toMatchObject({ level: 'warning', remedy: expect.stringContaining('Have the provider send') });
  });
});

describe('the site', () => {
  it('that is down is named once', async () => {
    site.inject({ kind: 'unavailable', path: '^/api/v1', count: 500 });
    const notAsked = skipped('Not looked at: the site does not answer.');
    expect(await patient.differences({})).toEqual({
      site: {
        level: 'failure',
        saw: 'The ShotGrid site has a problem of its own (status 503).',
        remedy: 'Look again in a minute; if it lasts, see the vendor’s status page or ask the vendor.',
      },
      site_fields: notAsked,
      script_key: notAsked,
      script_permissions: notAsked,
      event_log: notAsked,
      flag_off: notAsked,
      logins: notAsked,
      menu: notAsked,
    });
  });

  it('that shuts this server out says what to ask for', async () => {
    site.inject({ kind: 'blocked', path: '^/api/v1', count: 500 });
    expect((await patient.differences({}))['site']).toMatchObject({
      level: 'failure',
      remedy: expect.stringContaining('add the address of this server'),
    });
  });

  it('that hangs costs its own checks their time, and no other', async () => {
    site.inject({ kind: 'hang', path: '^/api/v1', count: 500 });
    const startedAt = performance.now();
    const report = await patient.examine({ deps: { patienceMs: 1_000 } });
    // One after another they would take as many seconds as there are checks of the site.
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    const levels = levelsOf(Object.fromEntries(report.checks.map((check) => [check.id, check])));
    expect(levels).toMatchObject({ site: 'failure', script_key: 'failure', idp_discovery: 'ok', database: 'ok' });
    expect(report.checks.find(({ id }) => id === 'script_key')?.saw).toBe('No answer in 1 seconds.');
  });

  it('that cannot sign as configured is named', async () => {
    const front = await frontOf(site.url, {
      body: (path, text) =>
        path.includes('/schema/ActionMenuItem') ? text.replace('"signature_algorithm"', '"x"') : text,
    });
    const env = { SHOTGRID_URL: front.url, AMI_SIGNATURE_ALGORITHM: 'sha256' };
    expect((await patient.differences({ env }))['site_fields']).toEqual({
      level: 'failure',
      saw: expect.stringContaining('cannot sign with SHA-256'),
      remedy: 'Set AMI_SIGNATURE_ALGORITHM to sha1 until the site has the field "Signature Algorithm".',
    });
  });
});

describe('the script', () => {
  const key = () => site.scriptKey;

  it('whose key is wrong is told where to look', async () => {
    const found = await patient.differences({ env: { SHOTGRID_SCRIPT_KEY: 'the wrong key' } });
    const notAsked = skipped('Not looked at: the site does not take the script key.');
    expect(found).toEqual({
      script_key: {
        level: 'failure',
        saw: 'The site does not take the script key.',
        remedy: expect.stringContaining('Look at the page Scripts'),
      },
      site_fields: notAsked,
      script_permissions: notAsked,
      event_log: notAsked,
      flag_off: notAsked,
      logins: notAsked,
      menu: notAsked,
    });
    expect(JSON.stringify(found)).not.toContain('the wrong key');
  });

  it.each([
    [
      'not in force yet',
      () => `a new key,${key()}`,
      'number 2: the newest is not in force yet.',
      'Change the key in ShotGrid',
    ],
    ['in force', () => `${key()},an old key`, 'number 1, the newest.', 'The older ones have had their time'],
  ])('whose new key is %s is told which one works', async (_, keys, saw, remedy) => {
    expect(await patient.differences({ env: { SHOTGRID_SCRIPT_KEY: keys() } })).toEqual({
      script_key: { level: 'warning', saw: expect.stringContaining(saw), remedy: expect.stringContaining(remedy) },
    });
  });

  it('that may not read the event log is told what is lost', async () => {
    site.setField('ApiUser', SCRIPT, 'permission_rule_set', ARTIST_SET!);
    expect(await patient.differences({})).toEqual({
      script_permissions: {
        level: 'warning',
        saw: 'The script may not read what it needs.',
        remedy: 'Give the script the permission group API Admin, on the page Scripts.',
        details: ['EventLogEntry: light payloads and the comparison with ShotGrid’s own log do not work'],
      },
      event_log: skipped('The site does not say whether it logs what the script does.'),
    });
  });

  it('that is no API Admin is told so', async () => {
    site.setField('ApiUser', SCRIPT, 'permission_rule_set', MANAGER_SET!);
    expect((await patient.differences({}))['script_permissions']).toMatchObject({
      level: 'warning',
      saw: expect.stringContaining('it may not be allowed to act as people'),
    });
  });

  it('that may not read people can do nothing', async () => {
    site.setField('ApiUser', SCRIPT, 'permission_rule_set', VENDOR_SET!);
    expect((await patient.differences({}))['script_permissions']).toMatchObject({
      level: 'failure',
      details: expect.arrayContaining(['HumanUser: people cannot be looked up, so every click is refused']),
    });
  });

  it('that ShotGrid does not log is found', async () => {
    site.setField('ApiUser', SCRIPT, 'generate_event_log_entries', false);
    expect(await patient.differences({})).toEqual({
      event_log: {
        level: 'warning',
        saw: expect.stringContaining('"Generate Events" is off for the script understudy'),
        remedy: 'Tick "Generate Events" for the script, on the page Scripts.',
      },
    });
  });
});

describe('acting as somebody', () => {
  const as = (asLogin: string, env = {}) => patient.differences({ env, questions: { asLogin } });

  it.each([
    ['artist.flag-off', '"Admins Can Perform Actions As" is off for this person', 'Ask a ShotGrid admin to tick'],
    ['inactive', 'is not active', 'make your account active again'],
    ['stranger', 'knows no active person "stranger"', 'whether you have an account'],
  ])('%s is refused as a click would be', async (login, saw, remedy) => {
    expect(await as(login)).toEqual({
      sudo: { level: 'failure', saw: expect.stringContaining(saw), remedy: expect.stringContaining(remedy) },
    });
  });

  it('is believed only when the token itself names the person', async () => {
    const gateway = await startGateway();
    fronts.push(gateway);
    gateway.target = site.url;
    gateway.alterTokenForm = (form) => form.delete('scope');
    expect((await as('artist', { SHOTGRID_URL: gateway.url }))['sudo']).toEqual({
      level: 'failure',
      saw: 'ShotGrid gave a token that does not name "artist": it did not honour the request to act as them. No click can be performed.',
      remedy: expect.stringContaining('See that nothing between this server and the site changes requests'),
    });
  });
});

describe('people', () => {
  const everybody = [
    'artist',
    'manager',
    'admin.flag-on',
    'admin.flag-off',
    'artist.flag-off',
    'auditor',
    'shotgun_admin',
  ];
  const flagOf = async () => (await patient.examine()).checks.find(({ id }) => id === 'flag_off');

  it('for whom the flag is off are counted and named', async () => {
    expect(await flagOf()).toMatchObject({
      level: 'warning',
      saw: 'It is off for 3 of 7 active people.',
      remedy: expect.stringContaining('Tick it on the page of each person'),
      details: ['admin.flag-off (Otto Brandt)', 'artist.flag-off (Felix Moreau)', 'shotgun_admin (Shotgun Admin)'],
    });
    site.setFlag('artist.flag-off', true);
    expect(await flagOf()).toMatchObject({ level: 'ok', saw: expect.stringContaining('all of them admins') });
    for (const login of everybody) site.setFlag(login, true);
    expect(await flagOf()).toMatchObject({ level: 'ok', saw: 'It is on for all 7 active people.' });
    for (const login of everybody) site.setFlag(login, false);
    expect(await flagOf()).toMatchObject({
      level: 'failure',
      saw: expect.stringContaining('nobody can use a menu item'),
    });
  });

  it('that share a login, have that of somebody who left, or none, are named', async () => {
    site.setField('HumanUser', 25, 'login', 'ARTIST ');
    site.setField('HumanUser', 30, 'login', 'Retired');
    site.setField('HumanUser', 26, 'login', null);
    expect(await patient.differences({})).toMatchObject({
      logins: {
        level: 'warning',
        saw: '3 logins that may not lead to the person who is meant.',
        remedy: expect.stringContaining('Give every active person a login of their own'),
        details: [
          'several active people: artist (Alma Ortiz), ARTIST  (Marcus Lind)',
          'a retired account had the same login: Retired (Ruth Calder)',
          'no login at all: person 26',
        ],
      },
    });
  });
});

describe('menu items', () => {
  it('that somebody edited or took away by hand are named, field by field', async () => {
    const item = site.rows('ActionMenuItem').find(({ title }) => title === 'Shift dates');
    const gone = site.rows('ActionMenuItem').find(({ title }) => title === 'Assign tasks');
    site.setField('ActionMenuItem', item!.id, 'folder', 'Elsewhere');
    site.retire('ActionMenuItem', gone!.id);
    expect(await patient.differences({})).toEqual({
      menu: {
        level: 'warning',
        saw: '2 differences between the site’s menu items and the action files.',
        remedy: expect.stringContaining('See "understudy menu plan", then "understudy menu apply"'),
        details: expect.arrayContaining([
          '~ Shift dates (shift-dates, Task): Folder',
          '+ Assign tasks (assign-tasks, Task)',
        ]),
      },
    });
  });

  it('whose tokens are in a file that others may read are a failure', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-doctor-'));
    const file = join(folder, 'tokens');
    await writeFile(file, '{}', { mode: 0o644 });
    const { menu } = await patient.differences({ env: { MENU_TOKENS_FILE: file } });
    await rm(folder, { recursive: true });
    expect(menu).toMatchObject({
      level: 'failure',
      saw: 'The secret tokens of the menu items cannot be read.',
      remedy: expect.stringContaining('mode 0600'),
    });
  });

  it('that do not lead here at all are missed', async () => {
    for (const { id } of site.rows('ActionMenuItem')) site.retire('ActionMenuItem', id);
    const folder = await mkdtemp(join(tmpdir(), 'understudy-doctor-'));
    await writeFile(join(folder, 'a.yml'), 'title: A\nentity_types: [Version]\nset: { sg_status_list: apr }\n');
    const { menu } = await patient.differences({ env: { ACTIONS_DIR: folder } });
    await rm(folder, { recursive: true });
    expect(menu).toMatchObject({ level: 'warning', saw: 'No menu item of the site leads here, so nobody can click.' });
  });
});

// Last: sign-ins stay in the log.
describe('the login claim, in use', () => {
  it('is judged by who signed in', async () => {
    await createPerson(server, 'stranger').visit('/login');
    const strange = {
      level: 'failure',
      saw: 'Of 1 who signed in lately, 0 have an active login of the site: everybody is refused.',
      remedy: expect.stringContaining('--claims FILE'),
      details: ['stranger'],
    };
    // The search hears of a record a moment after it is sealed.
    const claims = async (saw: string) => {
      await until(async () => (await patient.differences({}))['idp_claims']?.saw === saw);
      return patient.differences({});
    };
    expect(await claims(strange.saw)).toEqual({ idp_claims: strange });
    await createPerson(server, 'artist').visit('/login');
    const mixed = 'Of 2 who signed in lately, 1 have an active login of the site.';
    expect((await claims(mixed))['idp_claims']).toMatchObject({ level: 'warning', details: ['stranger'] });
  });
});

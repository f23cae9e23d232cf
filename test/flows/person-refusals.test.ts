/** ② to ④: launches, sign-ins and people that do not fit. Nothing is changed, and the record says who tried what. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createCookieJar } from '../support/cookie-jar.ts';
import { cancelAtIdp } from '../support/idp-login.ts';
import { createPerson, resign, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let auditor: Auditor;
let artist: Person;
let clock = 0;

beforeAll(async () => {
  server = await startTestServer({ overrides: { now: () => new Date(Date.now() + clock) } });
  auditor = createAuditor(server);
});
beforeEach(() => {
  clock = 0;
  server.studio.site.reset();
  server.studio.idp.reset();
  artist = createPerson(server, 'artist');
});
afterAll(() => server.close());

/** A click in the name of anybody, signed by the site: as a site would send it that has other people than ours. */
async function clickAs(person: Person, user: { readonly id: number; readonly login: string }): Promise<Answer> {
  const form = await artist.formFor([6933]);
  const changes = { user_id: String(user.id), user_login: user.login };
  return person.send(resign(form, server.studio.facts.amiSecretToken, changes));
}

describe('a launch', () => {
  it.each(['A'.repeat(22), 'nope', '..%2f..%2fetc', '__proto__', "'%20or%201=1", '%F0%9F%98%80', 'A'.repeat(3000)])(
    'that is not there is refused: %s',
    async (id) => {
      await auditor.refusal({ code: 'launch_unknown', status: 404, type: 'launch.refused' }, () =>
        artist.get(`/launches/${id}`),
      );
      await auditor.refusal({ code: 'launch_unknown', status: 404, type: 'run.refused' }, () =>
        artist.post(`/launches/${id}/run`, { form: [['csrf', 'x']] }),
      );
    },
  );

  it('that waited a quarter of an hour is refused, for its preview and for its confirmation', async () => {
    const launch = await artist.click([6933]);
    const preview = await artist.follow(launch);
    for (const attempt of [() => artist.get(launch.location!.pathname), () => artist.confirm(preview)]) {
      await auditor.refusal({ code: 'launch_expired', status: 410 }, async () => {
        clock = 15 * 60_000 + 1000;
        const answer = await attempt();
        clock = 0;
        return answer;
      });
    }
  });

  it('made in another browser is refused, also for the same person', async () => {
    const launch = await artist.click([6933]);
    const elsewhere = createPerson(server, 'artist');
    await elsewhere.visit('/login');
    await auditor.refusal({ code: 'launch_not_yours', status: 403, type: 'launch.refused' }, () =>
      elsewhere.get(launch.location!.pathname),
    );
    const preview = await artist.follow(launch);
    await auditor.refusal({ code: 'launch_not_yours', status: 403, type: 'run.refused' }, () =>
      elsewhere.confirm(preview),
    );
  });

  it('is refused to a browser with a cookie of its name and another value', async () => {
    const launch = await artist.click([6933]);
    const path = launch.location!.pathname;
    await auditor.refusal({ code: 'launch_not_yours', status: 403 }, () =>
      createPerson(server, 'artist').get(path, { headers: { cookie: `launch.${path.slice(10)}=${'A'.repeat(43)}` } }),
    );
  });
});

describe('a sign-in', () => {
  const toProvider = async (person: Person, launch: Answer): Promise<URL> => {
    const login = await person.get(
      (await person.get(launch.location!.pathname)).location!.href.slice(server.url.length),
    );
    return login.location!;
  };
  const callback = (person: Person, url: URL): Promise<Answer> => person.get(`${url.pathname}${url.search}`);

  it('that is cancelled leaves the click waiting, to be tried again', async () => {
    const launch = await artist.click([6933]);
    const { answer } = await auditor.refusal({ code: 'login_failed', status: 401, type: 'login.failed' }, async () =>
      callback(artist, await cancelAtIdp(await toProvider(artist, launch), createCookieJar())),
    );
    expect(answer.text).toContain(`return_to=${encodeURIComponent(launch.location!.pathname)}`);
    expect((await artist.follow(launch)).tally).toMatchObject({ changes: 1 });
  });

  it('cannot be replayed', async () => {
    const url = await artist.walkProvider(await toProvider(artist, await artist.click([6933])));
    expect((await callback(artist, url)).status).toBe(303);
    await auditor.refusal({ code: 'login_failed', status: 401 }, () => callback(artist, url));
    await auditor.refusal({ code: 'login_failed', status: 401 }, () => callback(createPerson(server, 'artist'), url));
  });

  it('cannot be finished in another browser, nor with a state that nobody gave out', async () => {
    const url = await artist.walkProvider(await toProvider(artist, await artist.click([6933])));
    const victim = createPerson(server, 'manager');
    await auditor.refusal({ code: 'login_failed', status: 401 }, () => callback(victim, url));
    expect((await victim.json('/')).setCookies).toEqual([]);
    for (const state of ['', 'forged', '__proto__', 'A'.repeat(43)]) {
      const forged = new URL(url);
      forged.searchParams.set('state', state);
      await auditor.refusal({ code: 'login_failed', status: 401 }, () => callback(artist, forged));
    }
    const twice = new URL(url);
    twice.searchParams.append('state', 'another');
    await auditor.refusal({ code: 'login_failed', status: 401 }, () => callback(artist, twice));
  });

  it('with a forged code fails', async () => {
    const url = await artist.walkProvider(await toProvider(artist, await artist.click([6933])));
    url.searchParams.set('code', 'forged');
    await auditor.refusal({ code: 'login_failed', status: 401 }, () => callback(artist, url));
  });

  it.each([
    ['a clock that is off', () => server.studio.idp.setClockSkew(3600)],
    ['another audience', () => server.studio.idp.bendIdTokens((claims) => ({ ...claims, aud: 'somebody-else' }))],
    ['another nonce', () => server.studio.idp.bendIdTokens((claims) => ({ ...claims, nonce: 'x' }))],
    ['another issuer', () => server.studio.idp.bendIdTokens((claims) => ({ ...claims, iss: 'http://evil.example' }))],
    ['no name of a person', () => server.studio.idp.bendIdTokens((claims) => ({ ...claims, preferred_username: '' }))],
    ['a number for a name', () => server.studio.idp.bendIdTokens((claims) => ({ ...claims, preferred_username: 24 }))],
  ])('with a token of %s fails, and the click waits', async (_what, bend) => {
    const launch = await artist.click([6933]);
    bend();
    await auditor.refusal({ code: 'login_failed', status: 401 }, async () => {
      const answer = await artist.follow(launch);
      server.studio.idp.reset();
      return answer;
    });
    expect((await artist.follow(launch)).tally).toMatchObject({ changes: 1 });
  });

  it('leads nowhere but to our own pages', async () => {
    for (const target of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/logout',
      'javascript:alert(1)',
    ]) {
      const person = createPerson(server, 'artist');
      const page = await person.visit(`/login?return_to=${encodeURIComponent(target)}`);
      expect(page.url.href).toBe(`${server.url}/`);
    }
  });
});

describe('three must agree', () => {
  it('whoever signs in as somebody else than the person who clicked is refused', async () => {
    const { record } = await auditor.refusal(
      { code: 'identity_mismatch', status: 403, type: 'identity.refused' },
      async () => createPerson(server, 'manager', { jar: artist.jar }).follow(await artist.click([6933])),
    );
    expect(record.details).toMatchObject({ claimed: 'artist', proven: 'manager' });
  });

  it('is refused at the confirmation too, when somebody else signed in meanwhile in this browser', async () => {
    const preview = await artist.follow(await artist.click([6933]));
    // A provider that does not tell: otherwise the launch is gone with its person.
    server.studio.idp.signOut('artist');
    await createPerson(server, 'manager', { jar: artist.jar }).visit('/login?prompt=login');
    await auditor.refusal({ code: 'csrf_invalid', status: 403 }, () => artist.confirm(preview));
  });

  it('a signed click with the id of one person and the login of another is refused, whoever signs in', async () => {
    for (const login of ['artist', 'manager']) {
      const person = createPerson(server, login);
      await auditor.refusal({ code: 'identity_mismatch', status: 403 }, async () =>
        person.follow(await clickAs(person, { id: 25, login: 'artist' })),
      );
      await auditor.refusal({ code: 'identity_mismatch', status: 403 }, async () =>
        person.follow(await clickAs(person, { id: 24, login: 'manager' })),
      );
    }
  });

  it('a login that ShotGrid spells differently is another login', async () => {
    await auditor.refusal({ code: 'identity_mismatch', status: 403 }, async () =>
      artist.follow(await clickAs(artist, { id: 24, login: 'Artist' })),
    );
  });

  it('somebody whom ShotGrid does not know is refused', async () => {
    const stranger = createPerson(server, 'stranger');
    await auditor.refusal({ code: 'person_unknown', status: 403, type: 'identity.refused' }, async () =>
      stranger.follow(await clickAs(stranger, { id: 999_999, login: 'stranger' })),
    );
  });
});

describe('pages for others', () => {
  it('the log is for auditors', async () => {
    await auditor.refusal({ code: 'role_required', status: 403, type: 'role.refused' }, () => artist.visit('/audit'));
    for (const path of ['/audit/verify', '/audit/records/1', '/AUDIT', '/audit/']) {
      await auditor.refusal({ code: 'role_required', status: 403, type: 'role.refused' }, () => artist.get(path));
    }
  });

  it('a run is for the person who confirmed it, and for auditors and admins', async () => {
    const confirmed = await artist.confirm(await artist.follow(await artist.click([6933])));
    await artist.finish(confirmed);
    const path = confirmed.location!.pathname;
    await auditor.refusal({ code: 'role_required', status: 403, type: 'role.refused' }, () =>
      createPerson(server, 'manager').visit(path),
    );
    for (const login of ['auditor', 'admin.flag-off']) {
      expect((await createPerson(server, login).visit(path)).status).toBe(200);
    }
  });

  it.each(['A'.repeat(22), 'nope', '..%2f', '__proto__'])('there is no run %s', async (id) => {
    await artist.visit('/login');
    expect(await artist.get(`/runs/${id}`)).toMatchObject({ status: 404, code: 'run_unknown' });
  });
});

describe('whom ShotGrid does not let be acted for', () => {
  it.each([
    ['an admin whose flag is off', 'admin.flag-off', 27, 'sudo_flag_off'],
    ['an artist whose flag is off', 'artist.flag-off', 28, 'sudo_flag_off'],
    ['somebody who is disabled', 'inactive', 29, 'sudo_inactive'],
    ['somebody who was deleted', 'retired', 31, 'sudo_inactive'],
  ])('is refused before anything is tried: %s', async (_who, login, id, code) => {
    const { site } = server.studio;
    const person = createPerson(server, login);
    await auditor.refusal({ code, status: 403, type: 'sudo.refused' }, async () =>
      person.follow(await clickAs(person, { id, login })),
    );
    expect(site.calls.filter(({ scope }) => scope !== null)).toEqual([]);
  });

  it('is refused when the flag is taken away between preview and confirmation', async () => {
    const { site } = server.studio;
    const preview = await artist.follow(await artist.click([6933]));
    site.setFlag('artist', false);
    await auditor.refusal({ code: 'sudo_flag_off', status: 403, type: 'sudo.refused' }, () => artist.confirm(preview));
    site.setFlag('artist', true);
    site.setStatus('artist', 'dis');
    await auditor.refusal({ code: 'sudo_inactive', status: 403, type: 'sudo.refused' }, () => artist.confirm(preview));
    site.setStatus('artist', 'act');
    expect(await artist.finish(await artist.confirm(preview))).toMatchObject({ counts: { done: 1 } });
  });

  it('is refused when the site itself refuses, although the record looks fine', async () => {
    const { site } = server.studio;
    site.setField('ApiUser', 298, 'permission_rule_set', { type: 'PermissionRuleSet', id: 2 });
    await auditor.refusal({ code: 'sudo_refused_by_site', status: 403, type: 'sudo.refused' }, async () =>
      artist.follow(await artist.click([6933])),
    );
  });
});

describe('with SUDO_POLICY=never_admins', () => {
  it('admins are not acted for, whatever their flag says', async () => {
    const strict = await startTestServer({ environment: { SUDO_POLICY: 'never_admins' } });
    try {
      const judge = createAuditor(strict);
      const admin = createPerson(strict, 'admin.flag-on');
      await judge.refusal({ code: 'sudo_admin_refused', status: 403, type: 'sudo.refused' }, async () =>
        admin.follow(await admin.click([6933])),
      );
      const person = createPerson(strict, 'artist');
      const run = await person.finish(await person.confirm(await person.follow(await person.click([6933]))));
      expect(run.counts).toMatchObject({ done: 1 });
    } finally {
      await strict.close();
    }
  });
});

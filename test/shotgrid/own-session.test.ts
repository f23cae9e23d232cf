import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import { createSelfOnlySite, type SelfOnlySite } from '../../src/shotgrid/client.ts';
import { SiteSessionEndedError } from '../../src/shotgrid/own-session-errors.ts';
import { rejection, startLocalSite, tokenAnswer, type LocalSite, type Says } from './local-site.ts';

/** A person by the session they opened themselves, against the stand-in and against sites that lie. */
const VERSION = 6933;
const approve = { operation: 'update', entityType: 'Version', id: VERSION, data: { sg_status_list: 'apr' } } as const;

let site: Site;
let own: SelfOnlySite;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());
beforeEach(() => {
  site.reset();
  own = connect(site.url);
});
afterEach(() => own.close());

function connect(siteUrl: string): SelfOnlySite {
  return createSelfOnlySite({ siteUrl, now: () => new Date(), sleep: () => Promise.resolve() });
}

describe('a person by their own session', () => {
  it('changes rows as themselves, though nobody may act for them', async () => {
    const sessionToken = site.openSession('admin.flag-off');
    await own.asSelf({ sessionToken, userId: 27 }).batch([approve]);
    const row = site.rows('Version').find(({ id }) => id === VERSION);
    expect(row).toMatchObject({ sg_status_list: 'apr', updated_by: { type: 'HumanUser', id: 27 } });
    const event = site.eventLog().findLast(({ event_type: type }) => type === 'Shotgun_Version_Change');
    expect(event).toMatchObject({ user: { type: 'HumanUser', id: 27 } });
    expect(JSON.stringify(event)).not.toContain('sudo_actual_user');
  });

  it('needs one access token for many calls, and a new one after being forgotten', async () => {
    const sessionToken = site.openSession('artist');
    const tokenCalls = (): number => site.calls.filter(({ path }) => path.endsWith('/auth/access_token')).length;
    const client = own.asSelf({ sessionToken, userId: 24 });
    for (let call = 0; call < 3; call += 1) await client.find('Version', VERSION, ['code']);
    await own.asSelf({ sessionToken, userId: 24 }).find('Version', VERSION, ['code']);
    expect(tokenCalls()).toBe(1);
    own.forgetSelf(sessionToken);
    await client.find('Version', VERSION, ['code']);
    expect(tokenCalls()).toBe(2);
  });

  it('is nobody else: the session of another person is refused and nothing is changed', async () => {
    const before = site.snapshot();
    const client = own.asSelf({ sessionToken: site.openSession('artist'), userId: 27 });
    const error = await rejection(client.batch([approve]));
    expect(error).toMatchObject({ code: 'site_session_mismatch' });
    expect(site.snapshot()).toEqual(before);
  });

  it('is refused with a session that is no session here, and no part of it is told', async () => {
    const sessionToken = '0123456789abcdef0123456789abWXYZ';
    const error = await rejection(own.asSelf({ sessionToken, userId: 24 }).batch([approve]));
    expect(error).toBeInstanceOf(SiteSessionEndedError);
    expect(inspect(error, { depth: 9 })).not.toContain('WXYZ');
  });
});

describe('a site that lies about whose session it is', () => {
  let liar: LocalSite | undefined;
  afterEach(() => liar?.close());
  const person = { type: 'HumanUser', id: 24 };
  const honest = { user: person, sudo_as_login: null, auth_type: 'session_token' };

  it.each<[string, Says]>([
    ['a script’s token', tokenAnswer({ ...honest, user: { type: 'ApiUser', id: 24 } })],
    ['a token of a script by sudo', tokenAnswer({ ...honest, sudo_as_login: 'artist', auth_type: 'api_key' })],
    ['somebody else’s token', tokenAnswer({ ...honest, user: { ...person, id: 25 } })],
    ['an id that is text', tokenAnswer({ ...honest, user: { ...person, id: '24' } })],
    ['another kind of sign-in', tokenAnswer({ ...honest, auth_type: 'password' })],
    ['no claims', { body: { token_type: 'Bearer', access_token: 'a.b.c', expires_in: 600 } }],
  ])('gives %s: it is thrown away unused', async (_, says) => {
    liar = await startLocalSite(
      () => ({ body: { data: [] } }),
      () => says,
    );
    own = connect(liar.url);
    const error = await rejection(own.asSelf({ sessionToken: 's', userId: 24 }).batch([approve]));
    expect(error).toMatchObject({ code: 'site_session_mismatch' });
    expect(liar.calls()).toEqual([]);
  });

  it('sends the person to their identity provider: that is said, and is not the end of the session', async () => {
    const saml: Says = { status: 302, headers: { location: 'https://site/saml/saml_login_request' } };
    liar = await startLocalSite(
      () => saml,
      () => tokenAnswer(honest),
    );
    own = connect(liar.url);
    const error = await rejection(own.asSelf({ sessionToken: 's', userId: 24 }).find('Version', 1, ['code']));
    expect(error).toMatchObject({ code: 'site_session_ended', ended: 'saml_claims' });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { claimsOf, errorOf, openSite, PROJECT, type TestSite } from './caller.ts';

let studio: TestSite;
beforeEach(async () => {
  studio = await openSite();
});
afterEach(() => studio.site.close());

const asScript = (more: Record<string, string>) =>
  studio.grant({
    grant_type: 'client_credentials',
    client_id: studio.site.scriptName,
    client_secret: studio.site.scriptKey,
    ...more,
  });

describe('sudo', () => {
  it('is asked for by scope; the token still names the script as its user', async () => {
    const { body } = await asScript({ scope: 'sudo_as_login:artist' });
    expect(claimsOf(body.access_token as string)).toMatchObject({
      user: { type: 'ApiUser', id: 298 },
      sudo_as_login: 'artist',
    });
  });

  it.each([{ sudo_as_login: 'artist' }, { scope: 'sudo_as:artist' }, { scope: 'artist' }, { scope: '' }])(
    'is silently ignored when mis-spelt: %j',
    async (form) => {
      const { status, body } = await asScript(form);
      expect(status).toBe(200);
      expect(claimsOf(body.access_token as string).sudo_as_login).toBeNull();
    },
  );

  it.each([
    ['nobody', "Cannot 'sudo' - unknown or retired user: 'nobody'"],
    ['stranger', "Cannot 'sudo' - unknown or retired user: 'stranger'"],
    ['retired', "Cannot 'sudo' - unknown or retired user: 'retired'"],
    ['artist@studio.example', "Cannot 'sudo' - unknown or retired user: 'artist@studio.example'"],
    ['inactive', "Cannot 'sudo' - inactive user account: 'inactive'"],
    ['admin.flag-off', "Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: 'admin.flag-off'"],
    ['artist.flag-off', "Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: 'artist.flag-off'"],
  ])('is refused for %s with 400 and code 102', async (login, title) => {
    const answer = await asScript({ scope: `sudo_as_login:${login}` });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: 102, title });
  });

  it('of an admin works when the flag is on', async () => {
    expect((await asScript({ scope: 'sudo_as_login:admin.flag-on' })).status).toBe(200);
  });

  it('has the permissions of its target, not those of the script', async () => {
    const rename = { body: { code: 'renamed' } };
    expect((await studio.call('PUT', '/entity/versions/6933', { ...rename, as: 'artist' })).status).toBe(400);
    expect((await studio.call('PUT', '/entity/versions/6933', rename)).status).toBe(200);
  });

  it('leaves the target in created_by and updated_by, and the script in the event alone', async () => {
    await studio.call('PUT', '/entity/versions/6933', { as: 'artist', body: { sg_status_list: 'apr' } });
    const [version] = studio.site.rows('Version');
    expect(version?.['updated_by']).toEqual({ type: 'HumanUser', id: 24 });
    const [event] = studio.site.eventLog();
    expect(event).toMatchObject({
      event_type: 'Shotgun_Version_Change',
      user: { type: 'HumanUser', id: 24 },
      meta: { sudo_actual_user: { type: 'ApiUser', id: 298, name: 'understudy 1.0' } },
    });
  });

  it('is logged even when the script does not generate events; its own writes are not', async () => {
    await studio.call('PUT', '/entity/api_users/298', { body: { generate_event_log_entries: false } });
    const before = studio.site.eventLog().length;
    await studio.call('PUT', '/entity/versions/6933', { body: { sg_status_list: 'apr' } });
    expect(studio.site.eventLog()).toHaveLength(before);
    await studio.call('PUT', '/entity/versions/6934', { as: 'artist', body: { sg_status_list: 'apr' } });
    expect(studio.site.eventLog().length).toBeGreaterThan(before);
  });
});

describe('"Admins Can Perform Actions As"', () => {
  it('cannot be set over REST, not even by an API Admin', async () => {
    const before = studio.site.snapshot();
    const answer = await studio.call('PUT', '/entity/human_users/27', { body: { can_impersonate_this_user: true } });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).code).toBe(104);
    expect(errorOf(answer).title).toMatch(
      /^The field is not editable for this user: \[HumanUser.can_impersonate_this_user\]. Rule: API Admin -- PermissionRule 2027: DENY update_field/,
    );
    expect(studio.site.snapshot()).toEqual(before);
  });

  it('can be read and filtered', async () => {
    const { body } = await studio.search('human_users', [['can_impersonate_this_user', 'is', true]], {
      fields: ['login'],
    });
    const logins = (body.data as { attributes: { login: string } }[]).map((row) => row.attributes.login);
    expect(logins).toEqual(['artist', 'manager', 'admin.flag-on', 'inactive', 'auditor']);
  });

  it('is off for admins by default, and on for others', async () => {
    const { body } = await studio.search('human_users', [['login', 'is', 'shotgun_admin']], {
      fields: ['can_impersonate_this_user'],
    });
    expect(body.data[0].attributes.can_impersonate_this_user).toBe(false);
    const created = await studio.call('POST', '/entity/human_users', {
      body: { login: 'new', firstname: 'New', lastname: 'Person' },
    });
    const read = await studio.call(
      'GET',
      `/entity/human_users/${String(created.body.data.id)}?fields=can_impersonate_this_user`,
    );
    expect(read.body.data.attributes.can_impersonate_this_user).toBe(true);
  });

  it('is turned by the studio, and counts for the next token', async () => {
    studio.site.setFlag('artist', false);
    expect((await asScript({ scope: 'sudo_as_login:artist' })).status).toBe(400);
    studio.site.setFlag('artist', true);
    expect((await asScript({ scope: 'sudo_as_login:artist' })).status).toBe(200);
    studio.site.setStatus('artist', 'dis');
    expect((await asScript({ scope: 'sudo_as_login:artist' })).status).toBe(400);
    studio.site.setStatus('artist', 'act');
    studio.site.retire('HumanUser', 24);
    expect(errorOf(await asScript({ scope: 'sudo_as_login:artist' })).title).toContain('unknown or retired');
  });
});

describe('people', () => {
  it('have no code and no user but a display name', async () => {
    expect((await studio.search('human_users', [['code', 'is', 'artist']])).status).toBe(400);
    const { body } = await studio.search('human_users', [['login', 'is', 'artist']], {
      fields: ['name', 'permission_rule_set'],
    });
    expect(body.data[0]).toMatchObject({
      id: 24,
      attributes: { name: 'Alma Ortiz' },
      relationships: { permission_rule_set: { data: { name: 'Artist', type: 'PermissionRuleSet' } } },
    });
  });

  it('do not come with a stranger', async () => {
    const { body } = await studio.search('human_users', [['login', 'is', 'stranger']]);
    expect(body.data).toEqual([]);
  });

  it('leave their login free when they are retired', async () => {
    const person = { login: 'retired', firstname: 'Second', lastname: 'Person' };
    expect((await studio.call('POST', '/entity/human_users', { body: person })).status).toBe(201);
    expect((await studio.call('POST', '/entity/human_users', { body: person })).status).toBe(400);
  });

  it('are made active by nobody over REST on an Identity site, but may be made disabled', async () => {
    const identity = await openSite({ authenticationMethod: 'oxygen' });
    try {
      const person = { login: 'new', firstname: 'New', lastname: 'Person' };
      const active = await identity.call('POST', '/entity/human_users', { body: person });
      expect(active.status).toBe(401);
      expect(errorOf(active)).toMatchObject({
        code: 110,
        title: 'User promotion to active is permitted only for Identity Users',
      });
      const disabled = await identity.call('POST', '/entity/human_users', {
        body: { ...person, sg_status_list: 'dis' },
      });
      expect(disabled.status).toBe(201);
    } finally {
      await identity.site.close();
    }
  });

  it('keep the script key to themselves', async () => {
    const { text, body } = await studio.search('api_users', [['firstname', 'is', studio.site.scriptName]], {
      fields: '*',
    });
    expect(body.data).toHaveLength(1);
    expect(body.data[0].attributes.cached_display_name).toBe('understudy 1.0');
    expect(text).not.toContain(studio.site.scriptKey);
    expect(JSON.stringify(studio.site.snapshot())).not.toContain(studio.site.scriptKey);
  });

  it('have permission sets that the API only reads', async () => {
    const { body } = await studio.search('permission_rule_sets', [], { fields: ['code'] });
    const codes = (body.data as { attributes: { code: string } }[]).map((row) => row.attributes.code);
    expect(codes).toEqual(['admin', 'manager', 'artist', 'vendor', 'api_admin']);
    expect((await studio.call('PUT', '/entity/permission_rule_sets/1', { body: { code: 'x' } })).status).toBe(400);
    expect(
      (await studio.call('POST', '/entity/permission_rule_sets', { body: { code: 'x', project: PROJECT } })).status,
    ).toBe(400);
  });
});

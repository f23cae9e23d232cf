/** The account page: who somebody is here, and where they are signed in. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('the account page', () => {
  it('sends whoever is not signed in to do so, and brings them back', async () => {
    const page = await createPerson(server, 'artist').visit('/account');
    expect(page.url.pathname).toBe('/account');
    expect(page.text).toContain('Alma Ortiz');
    expect(page.text).toContain('<code data-login>artist</code>');
    expect(page.text).not.toContain('person-artist');
  });

  it('tells a program the same, and that it is not signed in', async () => {
    const auditor = createPerson(server, 'auditor');
    expect(await auditor.json('/account')).toMatchObject({ status: 401, code: 'login_required' });
    await auditor.visit('/account');
    expect((await auditor.json('/account')).json).toMatchObject({
      name: 'Ruth Calder',
      login: 'auditor',
      issuer: server.studio.idp.url,
      roles: ['user', 'auditor'],
    });
  });

  it('is linked from the person’s name, framed by nobody and kept by nobody', async () => {
    const artist = createPerson(server, 'artist');
    const page = await artist.visit('/account');
    expect(page.text).toContain('<a class="who" href="/account"');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['cache-control']).toBe('no-store');
  });

  it('signs out of this browser', async () => {
    const artist = createPerson(server, 'artist');
    const { action, fields } = (await artist.visit('/account')).form('/logout');
    expect((await artist.post(action, { form: fields })).status).toBe(303);
    expect((await artist.get('/account')).location?.pathname).toBe('/login');
  });
});

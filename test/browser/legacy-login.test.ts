/** A studio without an identity provider: the page for the password, and the page for the code, in a browser. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { passwordMode } from '../../infra/studio/sign-in-mode.ts';
import { describeInBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { pictureFolder } from './pictures.ts';
import { confirm, launch, openGrid } from './steps.ts';

const PASSWORD = 'Mond+schein <41>';

let server: TestServer;
beforeAll(async () => {
  const { environment = {}, studio } = passwordMode();
  server = await startTestServer({
    environment,
    studio: { signIn: { ...studio?.signIn, passwords: { manager: PASSWORD } } },
  });
});
afterAll(() => server.close());

describeInBrowser('signing in with the ShotGrid password', ({ fresh }) => {
  it('manager clicks, types a wrong and a right password, then the code, and does it', async () => {
    const takePictures = pictureFolder('legacy-login');
    const manager = await fresh();
    const tab = await launch(await openGrid(manager, server.studio, 'manager'), [6933, 6934]);
    const password = tab.getByLabel('Password');
    const code = tab.getByLabel('Code', { exact: true });
    expect(await tab.getByLabel('Login').inputValue()).toBe('manager');
    await takePictures(tab, '1-password');

    // By keyboard alone: the password is where typing begins.
    await tab.keyboard.type('wrong');
    await tab.keyboard.press('Enter');
    await tab.getByRole('alert').waitFor();
    expect(await tab.locator('[data-code]').innerText()).toBe('login_failed');
    expect(await password.inputValue()).toBe('');
    await takePictures(tab, '2-wrong');

    await password.fill(PASSWORD);
    await password.press('Enter');
    await code.waitFor();
    expect(await password.inputValue()).toBe('');
    expect(await tab.content()).not.toContain('Mond');
    await takePictures(tab, '3-code');
    await tab.keyboard.type(PASSWORD);
    await code.fill('000000');
    await code.press('Enter');
    await tab.getByRole('alert').waitFor();
    await takePictures(tab, '4-wrong-code');
    await password.fill(PASSWORD);
    await code.fill('111 111');
    await code.press('Enter');

    await tab.locator('[data-confirm]').waitFor();
    expect(new URL(tab.url()).pathname).toMatch(/^\/launches\//);
    await confirm(tab);
    await tab.goto(`${server.url}/account`);
    await tab.locator('[data-site-session]').waitFor();
    await takePictures(tab, '5-account');
    // What a 401 is worth a line to the browser; nothing else is.
    expect(manager.complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
    expect(await manager.context.storageState().then((state) => JSON.stringify(state))).not.toContain('Mond');
  }, 120_000);

  it('with a provider beside it the page offers both', async () => {
    await server.drain();
    const { OIDC_ISSUER_URL = '', OIDC_CLIENT_ID = '', OIDC_CLIENT_SECRET = '' } = server.studio.environment;
    await server.start({ OIDC_ISSUER_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET });
    const artist = await fresh();
    const tab = await launch(await openGrid(artist, server.studio, 'artist'), [6935]);
    await pictureFolder('legacy-login-both')(tab, '1-both');
    await tab.locator('[data-provider]').click();
    await tab.waitForURL((url) => url.hostname === '127.0.0.1');
    await tab.goBack();
    await tab.getByRole('textbox', { name: 'Password' }).fill('artist');
    await tab.locator('[data-sign-in]').click();
    await tab.locator('[data-confirm]').waitFor();
    expect(artist.complaints).toEqual([]);
  }, 90_000);
});

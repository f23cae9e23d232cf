/** Whoever is not acted for by the script approves in ShotGrid, in another tab, and the page goes on by itself. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { pictureFolder } from './pictures.ts';
import { confirm, launch, openGrid, signIn } from './steps.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ overrides: { approvalPollMs: 200 } });
});
afterAll(() => server.close());

const version = (id: number) => server.studio.site.rows('Version').find((row) => row.id === id);

describeInBrowser('continuing as oneself', ({ fresh }) => {
  it('admin.flag-off is refused by sudo, approves in ShotGrid, and the change carries them as author', async () => {
    const takePictures = pictureFolder('own-session');
    const otto = await fresh();
    const grid = await openGrid(otto, server.studio, 'admin.flag-off');
    const tab = await launch(grid, [6933, 6934]);
    await signIn(tab, 'admin.flag-off');
    expect(await tab.locator('[data-code]').innerText()).toBe('sudo_flag_off');
    const link = tab.locator('[data-approve]');
    expect(await tab.locator('[data-address]').innerText()).toBe(await link.getAttribute('href'));
    await takePictures(tab, '1-refused');

    // By keyboard alone.
    await link.focus();
    const [approval] = await Promise.all([otto.context.waitForEvent('page'), tab.keyboard.press('Enter')]);
    await approval.getByRole('button', { name: 'Approve' }).waitFor();
    expect(await approval.locator('main').innerText()).toContain('Understudy');
    await approval.getByRole('button', { name: 'Approve' }).click();
    await approval.getByText('You can close this window').waitFor();
    await approval.close();

    await tab.locator('[data-confirm]').waitFor();
    expect(await tab.locator('.acting').innerText()).toContain('by your own session in ShotGrid');
    await takePictures(tab, '2-preview');
    await confirm(tab);
    expect(await tab.locator('[data-by]').innerText()).toContain('their own session');
    await takePictures(tab, '3-run');
    for (const id of [6933, 6934]) {
      expect(version(id)).toMatchObject({ sg_status_list: 'apr', updated_by: { type: 'HumanUser', id: 27 } });
    }
    const event = server.studio.site.eventLog().at(-1);
    expect(event).toMatchObject({ user: { type: 'HumanUser', id: 27 } });
    expect(event?.['meta']).not.toHaveProperty('sudo_actual_user');

    await tab.goto(`${server.url}/account`);
    await takePictures(tab, '4-account');
    await tab.locator('[data-forget]').click();
    await tab.getByText('is forgotten here').waitFor();
    expect(await tab.locator('[data-site-session]').count()).toBe(0);
    expect(otto.complaints).toEqual([]);
  }, 90_000);

  it('the request of admin.flag-off, approved by a stranger or by anybody else, is refused, and can be asked for again', async () => {
    server.studio.site.reset();
    const otto = await fresh();
    const tab = await launch(await openGrid(otto, server.studio, 'admin.flag-off'), [6935]);
    await signIn(tab, 'admin.flag-off');
    const address = await tab.locator('[data-address]').innerText();

    // ShotGrid knows no such person: it does not even show the request.
    const stranger = await fresh();
    const page = await stranger.context.newPage();
    await page.goto(address);
    expect(page.url()).toContain('/user/login');
    expect(await page.locator('body').innerText()).not.toContain('Approve');

    // The person whom ShotGrid takes the stranger for, at somebody else's desk.
    await openGrid(stranger, server.studio, 'artist');
    await page.goto(address);
    await page.getByRole('button', { name: 'Approve' }).click();
    await tab.getByRole('heading', { name: 'Somebody else approved' }).waitFor();
    expect(await tab.locator('[data-code]').innerText()).toBe('approval_other_person');
    await pictureFolder('own-session-refused')(tab, '1-somebody-else');
    expect(version(6935)?.['sg_status_list']).toBe('rev');

    // And should the site itself name the stranger.
    await tab.locator('[data-ask-again]').click();
    await tab.locator('[data-approve]').waitFor();
    const again = /app_session_request\/(\w+)/.exec(await tab.locator('[data-address]').innerText())?.[1] ?? '';
    const { site } = server.studio;
    site.forceApproval(again, 'stranger', site.openSession('stranger'));
    await tab.getByRole('heading', { name: 'Somebody else approved' }).waitFor();
    await tab.locator('[data-ask-again]').click();
    await tab.locator('[data-approve]').waitFor();
    expect(version(6935)?.['sg_status_list']).toBe('rev');
    expect(otto.complaints).toEqual([]);
  }, 90_000);
});

/** An administrator goes through the site's menu items by keyboard, and has other hosts asked. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeInBrowser, type Page } from '../support/browser.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { inspectPage } from './inspect-page.mjs';
import { pictureFolder } from './pictures.ts';
import { signIn, tabTo } from './steps.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({
    environment: { REMOTE_PRIVATE_HOSTS: '127.0.0.1' },
    studio: {
      menuItems: (url) => [
        { title: 'Submit to farm', url: 'http://127.0.0.1:1/submit?queue=night', entityType: 'Shot' },
        { title: 'Publish to editorial', url: 'https://10.20.0.9/publish', entityType: 'Version' },
        { title: 'Approve (old)', url: `${url}/ami/approve?v=1`, entityType: 'Version' },
        { title: 'Archive delivery', url: `${url}/ami/archive-delivery`, folder: 'Delivery' },
        { title: 'Play in RV', url: 'rv://play', entityType: 'Version', lightPayload: true },
      ],
    },
  });
});
afterEach(() => server.close());

const focused = (page: Page): Promise<string> => page.evaluate("document.activeElement?.textContent?.trim() ?? ''");

describeInBrowser('an administrator at the menu items', ({ fresh }) => {
  it('finds, sorts and has hosts asked, by keyboard; and all of it works without a script', async () => {
    const takePictures = pictureFolder('inventory');
    const artist = createPerson(server, 'artist');
    await artist.click([6933]);
    const { site } = server.studio;
    const retire = site.rows('ActionMenuItem').find(({ title }) => title === 'Retire');
    site.setField('ActionMenuItem', retire!.id, 'folder', 'Danger');
    const { context, complaints } = await fresh();
    const page = await context.newPage();
    await page.goto(`${server.url}/admin`);
    await signIn(page, 'admin.flag-off');
    await page.locator('.rooms a', { hasText: 'Menu items' }).click();
    await page.locator('[data-item]').first().waitFor();
    expect(await page.evaluate(inspectPage)).toEqual([]);

    await tabTo(page, '[data-probe]');
    await page.keyboard.press('Enter');
    await page.locator('[data-check=done]').waitFor();
    expect(await page.locator('[data-finding=host_silent]').count()).toBe(1);
    expect(await page.locator('[data-finding=host_unasked]').count()).toBe(1);

    await tabTo(page, '.items th:last-child a');
    await page.keyboard.press('Enter');
    await page.locator('th[aria-sort=ascending]').waitFor();
    expect(await page.locator('th[aria-sort=ascending]').textContent()).toContain('Findings');
    expect(await page.locator('[data-item] .state').first().getAttribute('class')).toContain('off');
    await takePictures(page, 'sorted');
    expect(await page.evaluate(inspectPage)).toEqual([]);

    await tabTo(page, '[data-finding-filter=differs]');
    expect(await focused(page)).toContain('Not as its file says');
    await page.keyboard.press('Enter');
    await page.locator('.drift').waitFor();
    expect(await page.locator('[data-item]').count()).toBe(1);
    expect(await page.locator('.drift').textContent()).toContain('Danger → More');
    await takePictures(page, 'drift');
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-export]').click()]);
    expect(download.suggestedFilename()).toMatch(/^understudy-menu-items-.*\.csv$/);

    await page.locator('[name=q]').fill('nothing like it');
    await page.keyboard.press('Enter');
    await page.locator('.card.empty').waitFor();
    await takePictures(page, 'none');
    expect(await page.evaluate(inspectPage)).toEqual([]);
    expect(complaints).toEqual([]);

    const plain = await fresh({ javaScriptEnabled: false });
    await plain.context.addCookies(await context.cookies());
    const bare = await plain.context.newPage();
    await bare.goto(`${server.url}/admin/inventory`);
    await bare.locator('[data-probe]').click();
    await bare.locator('[data-check=done]').waitFor();
    await bare.locator('th a', { hasText: 'Menu item' }).click();
    expect(await bare.locator('[data-item] .row-name').first().textContent()).toBe('Add to playlist');
  }, 180_000);
});

/** The stand-in's pages in a real browser: the click arrives at the menu item's address as a studio's would. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeInBrowser } from '../../../support/browser.ts';
import { openSite, type TestSite } from './caller.ts';

type Received = {
  readonly method: string;
  readonly url: string;
  readonly form: URLSearchParams;
  readonly site: string;
  readonly dest: string;
};

let studio: TestSite;
let receiver: Server;
let received: Received[];

beforeEach(async () => {
  received = [];
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { 'sec-fetch-site': site, 'sec-fetch-dest': dest } = request.headers;
      const { method = '', url = '' } = request;
      if (url.startsWith('/ami/'))
        received.push({ method, url, form: new URLSearchParams(text), site: String(site), dest: String(dest) });
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Arrived</title><p>Arrived</p>');
    });
  }).listen(0, 'localhost');
  await new Promise((resolve) => receiver.once('listening', resolve));
  const { port } = receiver.address() as AddressInfo;
  const url = `http://localhost:${String(port)}/ami/approve`;
  studio = await openSite({
    menuItems: [
      { title: 'Approve', url, entityType: 'Version', secretToken: 'a-secret-of-the-item', selectionRequired: true },
      { title: 'In overlay', url: `${url}-overlay`, openInOverlay: true, folder: 'Review' },
      { title: 'Light', url: `${url}-light`, lightPayload: true, folder: 'Review' },
    ],
  });
});
afterEach(async () => {
  await studio.site.close();
  await new Promise((resolve) => {
    receiver.close(resolve);
    receiver.closeAllConnections();
  });
});

describeInBrowser('the site’s page', (browser) => {
  it('posts the rows of a range from the right-click menu into a new tab, as a cross-site form', async () => {
    const { context, complaints } = await browser.fresh();
    const page = await context.newPage();
    await page.goto(studio.site.url);
    await page.click('tr[data-id="6933"] td[data-field="description"]');
    await page.click('tr[data-id="6935"] td[data-field="description"]', { modifiers: ['Shift'] });
    await page.click('tr[data-id="6934"]', { modifiers: ['Control'] });
    await page.click('tr[data-id="6935"] td[data-field="description"]', { button: 'right' });
    const [tab] = await Promise.all([context.waitForEvent('page'), page.click('[data-menu-item="Approve"]')]);
    await tab.waitForSelector('text=Arrived');
    expect(received).toMatchObject([{ method: 'POST', site: 'cross-site', dest: 'document' }]);
    expect(received[0]?.form.get('selected_ids')).toBe('6933,6935');
    expect(received[0]?.form.get('signature')).toMatch(/^[0-9a-f]{40}$/);
    expect(received[0]?.form.get('session_uuid')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(complaints).toEqual([]);
  });

  it('posts into its own overlay for items that say so, and goes there with GET for light payloads', async () => {
    const { context } = await browser.fresh();
    const page = await context.newPage();
    await page.goto(`${studio.site.url}/page/4607?as=manager`);
    await page.click('tr[data-id="860"] td[data-field="description"]', { button: 'right' });
    await page.click('[data-menu-item="In overlay"]');
    await page.frameLocator('#overlay iframe').locator('text=Arrived').waitFor();
    expect(received[0]).toMatchObject({ method: 'POST', dest: 'iframe' });
    expect(received[0]?.form.get('user_login')).toBe('manager');
    await page.click('#overlay button');
    await page.click('#gear');
    const [tab] = await Promise.all([context.waitForEvent('page'), page.click('[data-menu-item="Light"]')]);
    await tab.waitForSelector('text=Arrived');
    expect(received[1]?.url).toMatch(/^\/ami\/approve-light\?event_log_entry_id=\d+$/);
  });

  it('saves each click as a file while the switch is on, on the next page too, and sends it all the same', async () => {
    const { context, complaints } = await browser.fresh();
    const page = await context.newPage();
    await page.goto(studio.site.url);
    const click = async () => {
      await page.click('tr[data-id="6933"] td[data-field="description"]', { button: 'right' });
      await Promise.all([context.waitForEvent('page'), page.click('[data-menu-item="Approve"]')]);
      await page.waitForSelector('#toast:not([hidden])');
      return page.textContent('#toast');
    };
    expect(await click()).toBe('Approve started');

    await page.getByLabel('Record clicks').check();
    await page.goto(`${studio.site.url}/page/4606`);
    const [download, said] = await Promise.all([page.waitForEvent('download'), click()]);
    expect(download.suggestedFilename()).toMatch(/^click-approve-\d{8}T\d{6}\.json$/);
    expect(said).toBe(`Approve started, and saved as ${download.suggestedFilename()}`);
    const text = await readFile(await download.path(), 'utf8');
    expect(JSON.parse(text)).toEqual(Object.fromEntries(received[1]!.form));
    expect(text).not.toContain('a-secret-of-the-item');
    expect(complaints).toEqual([]);
  });

  it('works from the keyboard', async () => {
    const { context } = await browser.fresh();
    const page = await context.newPage();
    await page.goto(studio.site.url);
    await page.focus('#grid');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    expect(await page.textContent('#selection')).toBe('3 selected');
    await page.keyboard.press('Shift+F10');
    await page.waitForSelector('#menu:not([hidden])');
    const [tab] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')]);
    await tab.waitForSelector('text=Arrived');
    expect(received[0]?.form.get('selected_ids')).toBe('6933,6934,6935');
  });

  it('does not offer an item that needs a selection while nothing is selected', async () => {
    const { context } = await browser.fresh();
    const page = await context.newPage();
    await page.goto(studio.site.url);
    await page.click('#gear');
    expect(await page.isDisabled('[data-menu-item="Approve"]')).toBe(true);
    expect(await page.isDisabled('[data-menu-item="In overlay"]')).toBe(false);
  });

  it('shows changes made under its own window’s session_uuid, and nobody else’s', async () => {
    const { context } = await browser.fresh();
    const page = await context.newPage();
    await page.goto(studio.site.url);
    await page.click('tr[data-id="6933"] td[data-field="description"]', { button: 'right' });
    const [tab] = await Promise.all([context.waitForEvent('page'), page.click('[data-menu-item="Approve"]')]);
    await tab.close();
    const uuid = (await page.getAttribute('#site', 'data-session')) ?? '';
    const write = async (id: number, sessionUuid: string) => {
      const headers = { authorization: `Bearer ${await studio.token('artist', sessionUuid)}` };
      await studio.call('PUT', `/entity/versions/${String(id)}`, { headers, body: { sg_status_list: 'apr' } });
    };
    await write(6934, 'another-window');
    await write(6933, uuid);
    await page.waitForSelector('tr[data-id="6933"] [data-status="apr"]');
    expect(await page.textContent('tr[data-id="6934"] td[data-field="sg_status_list"]')).toContain('Pending Review');
  });
});

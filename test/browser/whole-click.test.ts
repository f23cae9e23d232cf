/** The whole click in a real browser, from the studio's page to the record of it. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeInBrowser, type Page, type Person } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { pictureFolder } from './pictures.ts';
import {
  confirm,
  finished,
  launch,
  openGrid,
  openMenu,
  pick,
  rowOf,
  select,
  shownRows,
  signIn,
  signInByOneClick,
  versionIds,
} from './steps.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const statusOf = (id: number): unknown =>
  server.studio.site.rows('Version').find((row) => row.id === id)?.['sg_status_list'];

describeInBrowser('the whole click', ({ fresh }) => {
  it('leads from three selected Versions to their new status and to a record that verifies', async () => {
    const takePictures = pictureFolder('whole-click');
    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    const ids = (await versionIds(grid)).slice(0, 3);
    await takePictures(grid, '1-grid');
    await select(grid, ids);
    await openMenu(grid, ids[1]!);
    await takePictures(grid, '2-menu');

    const tab = await pick(grid, 'Approve');
    expect(tab.url()).toContain(server.studio.idp.url);
    expect(await tab.getByLabel('Login').inputValue()).toBe('artist');
    await takePictures(tab, '3-sign-in');
    await signIn(tab, 'artist');

    expect(await textOf(tab, 'h1')).toBe('Approve');
    expect(await textOf(tab, '.acting')).toContain('Acting as Alma Ortiz');
    expect(await shownRows(tab)).toEqual(ids);
    for (const id of ids) {
      const row = tab.locator(`tr[data-row="${id}"]`);
      expect(await row.locator('.before').innerText()).toBe('Pending Review');
      expect(await row.locator('.after').innerText()).toBe('Approved');
      expect(statusOf(id)).toBe('rev');
    }
    await takePictures(tab, '4-preview');

    await confirm(tab);
    expect(await shownRows(tab)).toEqual(ids);
    expect(await tab.locator('tr[data-outcome=done]').count()).toBe(3);
    const reference = await textOf(tab, '[data-reference]');
    await takePictures(tab, '5-run');

    await grid.bringToFront();
    for (const id of ids) await rowOf(grid, id).locator('.status[data-status=apr]').waitFor();
    expect(await rowOf(grid, ids[0]!).locator('[data-field=updated_by]').innerText()).toContain('Alma Ortiz');
    await takePictures(grid, '6-grid-afterwards');
    await Promise.all([tab.waitForURL(/\/page\/4606/), tab.getByRole('link', { name: 'Back to ShotGrid' }).click()]);
    expect(await rowOf(tab, ids[2]!).locator('.status').getAttribute('data-status')).toBe('apr');

    const auditor = await fresh();
    const log = await auditor.context.newPage();
    await log.goto(`${server.url}/audit`);
    await signIn(log, 'auditor');
    await takePictures(log, '7-audit');
    await log.getByText('More to search by').click();
    await log.getByLabel('Reference').fill(reference);
    await log.getByRole('button', { name: 'Search' }).click();
    await log.waitForURL(/reference=/);
    const events = await log.locator('tr[data-seq]').allInnerTexts();
    expect(events.join('\n')).toContain('changes.performed');
    expect(events.every((line) => line.includes('artist'))).toBe(true);
    await log.locator('tr[data-seq]', { hasText: 'changes.performed' }).first().getByRole('link').first().click();
    await log.waitForURL(/\/audit\/records\//);
    await takePictures(log, '8-record');
    await log.goto(`${server.url}/audit/verify`);
    expect(await textOf(log, 'h1')).toBe('The log is intact');
    await takePictures(log, '9-verified');
    expect([...artist.complaints, ...auditor.complaints]).toEqual([]);
  }, 120_000);

  it('asks nobody to sign in twice', async () => {
    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    const [first, second] = await versionIds(grid);
    await signIn(await launch(grid, [first!]), 'artist');

    const visited: string[] = [];
    artist.context.on('request', (request) => visited.push(new URL(request.url()).origin));
    await grid.bringToFront();
    const tab = await launch(grid, [second!]);
    expect(await shownRows(tab)).toEqual([second]);
    expect(visited).not.toContain(server.studio.idp.url);
    expect(artist.complaints).toEqual([]);
  }, 60_000);

  it('keeps twenty clicks apart that one signed-out browser makes at once and finishes in reverse', async () => {
    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    const ids = (await versionIds(grid)).slice(0, 20);
    for (const id of ids) server.studio.site.setField('Version', id, 'sg_status_list', 'rev');
    const tabs: Page[] = [];
    for (const id of ids) {
      await grid.bringToFront();
      tabs.push(await launch(grid, [id]));
    }
    expect(tabs.every((tab) => tab.url().startsWith(server.studio.idp.url))).toBe(true);

    for (const [index, tab] of [...tabs.entries()].reverse()) {
      await tab.bringToFront();
      await signInByOneClick(tab, 'artist');
      expect(await shownRows(tab)).toEqual([ids[index]]);
      await tab.locator('[data-confirm]').click();
      await tab.waitForURL(/\/runs\//);
      await finished(tab);
      expect(await shownRows(tab)).toEqual([ids[index]]);
      await tab.close();
    }
    await grid.bringToFront();
    for (const id of ids) await rowOf(grid, id).locator('.status[data-status=apr]').waitFor();
    expect(artist.complaints).toEqual([]);
  }, 180_000);

  it('takes a light payload, which carries only the number of the click', async () => {
    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    const ids = (await versionIds(grid)).slice(0, 2);
    const tab = await launch(grid, ids, 'Approve (light payload)');
    await signIn(tab, 'artist');
    expect(await shownRows(tab)).toEqual(ids);
    await confirm(tab);
    expect(ids.map(statusOf)).toEqual(['apr', 'apr']);
    expect(artist.complaints).toEqual([]);
  }, 60_000);
});

describeInBrowser('the whole click by keyboard alone', ({ fresh }) => {
  it('selects, launches, signs in, confirms and shows where the focus is', async () => {
    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    const [first, second] = await versionIds(grid);
    await grid.locator('#grid').focus();
    await grid.keyboard.press('ArrowDown');
    await grid.keyboard.press('Shift+ArrowDown');
    await grid.keyboard.press('ContextMenu');
    await grid.locator('#menu').waitFor();
    const [tab] = await Promise.all([artist.context.waitForEvent('page'), grid.keyboard.press('Enter')]);
    // The login is filled in already, so the focus is in the password.
    await tab.locator('input[name=password]:focus').waitFor();
    await tab.keyboard.type('artist');
    await tab.keyboard.press('Enter');
    await tab.waitForURL(/\/launches\//);
    expect(await shownRows(tab)).toEqual([first, second]);

    await tabTo(tab, '[data-confirm]');
    const outline = await tab.locator('[data-confirm]').evaluate((button) => {
      const view = globalThis as unknown as { getComputedStyle(element: unknown): { readonly outlineStyle: string } };
      return view.getComputedStyle(button).outlineStyle;
    });
    expect(outline).toBe('solid');
    await tab.keyboard.press('Enter');
    await tab.waitForURL(/\/runs\//);
    await finished(tab);
    expect([first!, second!].map(statusOf)).toEqual(['apr', 'apr']);
    expect(artist.complaints).toEqual([]);
  }, 60_000);
});

describeInBrowser('somebody who may not', ({ fresh }) => {
  it('is told that nobody may act as them, and nothing is changed', async () => {
    const admin = await fresh();
    const grid = await openGrid(admin, server.studio, 'admin.flag-off');
    const [id] = await versionIds(grid);
    const before = server.studio.site.snapshot();
    const tab = await launch(grid, [id!]);
    await signIn(tab, 'admin.flag-off');
    expect(await textOf(tab, '[data-code]')).toBe('sudo_flag_off');
    expect(await tab.locator('[data-confirm]').count()).toBe(0);
    expect(server.studio.site.snapshot()).toEqual(before);
    expect(admin.complaints).toEqual([]);
  }, 60_000);

  it('is not taken for the person who clicked, and may sign in as that person', async () => {
    const shared = await fresh();
    const grid = await openGrid(shared, server.studio, 'manager');
    const [id] = await versionIds(grid);
    const tab = await launch(grid, [id!]);
    await signIn(tab, 'artist');
    expect(await textOf(tab, '[data-code]')).toBe('identity_mismatch');
    expect(statusOf(id!)).toBe('rev');

    await tab.getByRole('link', { name: 'Sign in as somebody else' }).click();
    await tab.waitForURL(`${server.studio.idp.url}/**`);
    await signIn(tab, 'manager');
    expect(await textOf(tab, '.acting')).toContain('Acting as Marcus Lind');
    await confirm(tab);
    expect(statusOf(id!)).toBe('apr');
    expect(shared.complaints).toEqual([]);
  }, 60_000);
});

describeInBrowser('a browser without JavaScript', ({ fresh }) => {
  it('confirms, and its run page says by itself when all is done', async () => {
    const artist = await fresh({ javaScriptEnabled: false });
    const tab = await postFormOf(artist, 'artist');
    await signIn(tab, 'artist');
    const ids = await shownRows(tab);
    expect(ids).toHaveLength(3);
    server.studio.site.inject({ kind: 'slow', path: '/_batch', delayMs: 1500 });
    await tab.locator('[data-confirm]').click();
    await tab.waitForURL(/\/runs\//);
    await tab.locator('[data-run-progress]').waitFor();
    await finished(tab);
    expect(await tab.locator('tr[data-outcome=done]').count()).toBe(3);
    expect(ids.map(statusOf)).toEqual(['apr', 'apr', 'apr']);
  }, 60_000);
});

/** ShotGrid's page needs JavaScript; what it posts does not. The form is the site's own, on a page of the site. */
async function postFormOf({ context }: Person, login: string): Promise<Page> {
  const { site } = server.studio;
  const item = (site.rows('ActionMenuItem') as readonly { id: number; title?: unknown }[]).find(
    ({ title }) => title === 'Approve',
  );
  const selected = site
    .rows('Version')
    .slice(0, 3)
    .map(({ id }) => id);
  const response = await fetch(`${site.url}/_web/launch`, {
    method: 'POST',
    headers: { cookie: `_session_id=${site.openSession(login)}` },
    body: JSON.stringify({ item: item?.id, page: 4606, type: 'Version', selected, sort: '', session: 'a-window' }),
  });
  const { url, fields } = (await response.json()) as { url: string; fields: readonly (readonly [string, string])[] };
  const inputs = fields.map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  const page = await context.newPage();
  await page.route(`${site.url}/form`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${url}">${inputs.join('')}<button>Go</button></form>`,
    }),
  );
  await page.goto(`${site.url}/form`);
  await page.getByRole('button', { name: 'Go' }).click();
  await page.waitForURL(`${server.studio.idp.url}/**`);
  return page;
}

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
  }
  throw new Error(`the Tab key does not reach ${selector}`);
}

async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).first().innerText()).trim();
}

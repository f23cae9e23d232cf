/** The overlay and the tab of its own in every browser that is at hand: Chromium with and without third-party cookies, and Firefox. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import type { Frame, Page } from 'puppeteer-core';
import { findChromium } from '../../infra/install/find-program.mjs';
import { launchChromiumProfile } from '../../infra/pictures/chromium.ts';
import { describeInFirefox } from '../support/firefox.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { finished, launch, launchInOverlay, openGrid, popOut, versionIds } from './steps.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.close());

const statusOf = (id: number): unknown =>
  server.studio.site.rows('Version').find((row) => row.id === id)?.['sg_status_list'];

/** Keeps a third-party cookie if it can, and says which it has. A script sets it as an answer would. */
const KEEP_A_COOKIE = `document.cookie = 'plain=1; SameSite=None; Secure'; document.cookie.includes('plain=1')`;

const describeInChromium = findChromium() === undefined && process.env['CI'] !== 'true' ? describe.skip : describe;

describeInChromium.each([
  ['allowed', 0],
  ['blocked', 1],
] as const)('Chromium with third-party cookies %s', (name, mode) => {
  const profile = mkdtempSync(join(tmpdir(), 'understudy-chromium-'));
  let context: BrowserContext | undefined;
  beforeAll(async () => {
    mkdirSync(join(profile, 'Default'));
    const preferences = { profile: { cookie_controls_mode: mode, block_third_party_cookies: mode === 1 } };
    writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
    context = await launchChromiumProfile(profile);
  }, 90_000);
  afterAll(async () => {
    await context?.close();
    rmSync(profile, { recursive: true, force: true });
  }, 30_000);

  it('signs in by a window, performs, asks no more, and leaves a tab of its own as it ever was', async () => {
    server.studio.site.reset();
    const grid = await openGrid({ context: context!, complaints: [] }, server.studio);
    const [first, second, third] = await versionIds(grid);
    const frame = await launchInOverlay(grid, [first!]);
    expect(await frame.locator('html').evaluate(KEEP_A_COOKIE)).toBe(name === 'allowed');
    const window = await popOut(grid, frame);
    await Promise.all([window.waitForEvent('close'), window.locator('[data-person="artist"]').click()]);
    await frame.locator('[data-confirm]').click();
    await frame.locator('main:not(:has([data-run-progress])) [data-run-id]').waitFor();
    expect(statusOf(first!)).toBe('apr');

    await grid.locator('#overlay button').click();
    const next = await launchInOverlay(grid, [second!]);
    await next.locator('[data-confirm]').waitFor();
    await grid.locator('#overlay button').click();
    const tab = await launch(grid, [third!]);
    await tab.locator('[data-confirm]').click();
    await finished(tab);
    expect(statusOf(third!)).toBe('apr');
    const cookies = (await context!.cookies()).filter(({ domain }) => domain === 'localhost');
    for (const cookie of cookies.filter((one) => one.name !== 'plain')) {
      const isOfFrame = cookie.name.startsWith('frame-');
      expect(cookie).toMatchObject({ sameSite: isOfFrame ? 'None' : 'Lax', secure: isOfFrame, httpOnly: true });
      expect('partitionKey' in cookie).toBe(isOfFrame);
    }
    expect(new Set(cookies.map((one) => one.name.split('.')[0]))).toEqual(
      new Set(['session', 'launch', 'frame-session', 'frame-launch', ...(name === 'allowed' ? ['plain'] : [])]),
    );
  }, 90_000);
});

describeInFirefox('Firefox', (firefox) => {
  it('signs in by a window, performs, asks no more, and opens a tab of its own', async () => {
    server.studio.site.reset();
    const grid = await firefox().newPage();
    await grid.goto(`${server.studio.site.url}/page/4606?as=artist`);
    const ids = server.studio.site.rows('Version').map(({ id }) => id);
    await choose(grid, ids[0]!, 'Approve (in an overlay)');
    const frame = await overlayOf(grid, '[data-pop-out]');
    const window = await opened(grid, () => frame.locator('[data-pop-out]').click());
    await window.locator('[data-person="artist"]').click();
    await until(() => window.isClosed(), 20_000);
    await (await overlayOf(grid, '[data-confirm]')).locator('[data-confirm]').click();
    await overlayOf(grid, 'main:not(:has([data-run-progress])) [data-run-id]');
    expect(statusOf(ids[0]!)).toBe('apr');

    await grid.locator('#overlay button').click();
    await choose(grid, ids[1]!, 'Approve (in an overlay)');
    await overlayOf(grid, '[data-confirm]');
    await grid.locator('#overlay button').click();
    const tab = await opened(grid, () => choose(grid, ids[2]!, 'Approve'));
    await tab.locator('[data-confirm]').click();
    await tab.waitForSelector('main:not(:has([data-run-progress])) [data-run-id]');
    expect(statusOf(ids[2]!)).toBe('apr');
  }, 120_000);
});

/** Selects a row, right-clicks it and picks the item. */
async function choose(grid: Page, id: number, title: string): Promise<void> {
  const cell = `tr[data-id="${id}"] [data-field=updated_at]`;
  await grid.locator(cell).click();
  await grid.locator(cell).click({ button: 'right' });
  await grid.locator(`[data-menu-item="${title}"]`).click();
}

/** The overlay's frame, once it shows `selector`. */
async function overlayOf(grid: Page, selector: string): Promise<Frame> {
  return until(async () => {
    const frame = grid.frames().find((one) => one.url().startsWith(server.url));
    // Between two pages a frame has nothing to be asked.
    const found = await frame?.$(selector).catch(() => null);
    return found ? frame : undefined;
  }, 20_000);
}

/** The window or tab that `act` opens, once there is a page in it. */
async function opened(grid: Page, act: () => Promise<void>): Promise<Page> {
  const before = new Set(await grid.browser().pages());
  await act();
  return until(
    async () => (await grid.browser().pages()).find((page) => !before.has(page) && page.url().startsWith('http')),
    20_000,
  );
}

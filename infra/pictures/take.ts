/**
 * `npm run pictures`: takes the README's pictures anew, from the studio in a box and the real server, by making one whole
 * click. They lie beside this file.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { takenPorts } from '../studio/ports.ts';
import { startServerProcess } from '../studio/server-process.ts';
import { newSecret, startStudio } from '../studio/start.ts';
import { launchChromium } from './chromium.ts';

const PORT = 8090;
const WIDTH = 1280;
const TALLEST = 640;
/** A README must not be heavy. */
const MAX_BYTES = 150_000;

const taken = await takenPorts([PORT]);
if (taken.length > 0) throw new Error(`port ${PORT} is in use`);
const folder = mkdtempSync(join(tmpdir(), 'understudy-pictures-'));
const url = `http://localhost:${PORT}`;
const studio = await startStudio({ server: url });
const server = startServerProcess(
  {
    ...studio.environment,
    PUBLIC_URL: url,
    PORT: String(PORT),
    SESSION_SECRETS: newSecret(),
    DATABASE_URL: `file:${join(folder, 'pictures.db')}`,
  },
  join(folder, 'server.log'),
);
try {
  await server.ready(30_000);
  await takeAll();
} finally {
  await server.stop();
  await studio.close();
  rmSync(folder, { recursive: true, force: true });
}

async function takeAll(): Promise<void> {
  const browser = await launchChromium();
  try {
    const artist = await browser.newContext({ colorScheme: 'light', viewport: { width: WIDTH, height: 560 } });
    const grid = await artist.newPage();
    await grid.goto(studio.site.url);
    const cells = grid.locator('tbody tr [data-field=user]');
    for (const row of [0, 1, 2]) await cells.nth(row).click({ modifiers: row === 0 ? [] : ['ControlOrMeta'] });
    await cells.nth(1).click({ button: 'right' });
    await picture(grid, 'menu');

    const [tab] = await Promise.all([artist.waitForEvent('page'), grid.getByRole('menuitem').first().click()]);
    await tab.locator('[data-person=artist]').click();
    await tab.locator('[data-confirm]').waitFor();
    await picture(tab, 'preview');
    await tab.locator('[data-confirm]').click();
    await tab.locator('main:not(:has([data-run-progress])) [data-run-id]').waitFor();
    await picture(tab, 'run');

    const auditor = await browser.newContext({ colorScheme: 'light', viewport: { width: WIDTH, height: 560 } });
    const log = await auditor.newPage();
    await log.goto(`${url}/audit`);
    await log.locator('[data-person=auditor]').click();
    await log.locator('[data-seq]').first().waitFor();
    await picture(log, 'audit');
  } finally {
    await browser.close();
  }
}

/** Down to the end of the content, if that comes soon. */
async function picture(page: Page, name: string): Promise<void> {
  const path = fileURLToPath(new URL(`${name}.png`, import.meta.url));
  const end = await page.evaluate(
    'document.querySelector("main > :last-child, .scroller").getBoundingClientRect().bottom',
  );
  await page.setViewportSize({ width: WIDTH, height: Math.min(Math.ceil(Number(end)) + 32, TALLEST) });
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  if (size > MAX_BYTES) throw new Error(`${name}.png has ${size} bytes; ${MAX_BYTES} are the most`);
  console.log(`infra/pictures/${name}.png  ${Math.round(size / 1000)} kB`);
}

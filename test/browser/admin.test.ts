/** An administrator at the desk: switches an action off by keyboard, a person meets it, and the set-up is asked about. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { clickReceived, clickRefused } from '../../src/audit/events/clicks.ts';
import { planMade } from '../../src/audit/events/plans.ts';
import { runConfirmed } from '../../src/audit/events/runs.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { openDatabase } from '../../src/database/open.ts';
import { describeInBrowser, type Page } from '../support/browser.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { inspectPage } from './inspect-page.mjs';
import { pictureFolder } from './pictures.ts';
import { launch, openGrid, signIn, tabTo } from './steps.ts';

const REASON = 'The status codes are being renamed until 14:00; ask Otto in editorial.';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ environment: { AUDITOR_GROUPS: 'auditors,production' } });
});
afterEach(() => server.close());

/** A day of a studio, recorded as the log records, by clocks of that day. */
async function aDay(): Promise<void> {
  const database = await openDatabase(server.databaseUrl);
  let time = 0;
  const log = createAuditLog({ database, now: () => new Date(time) });
  const end = Date.now();
  for (let hour = 23; hour >= 0; hour -= 1) {
    const clicks = Math.round(18 * Math.exp(-((hour - 9) ** 2) / 18));
    for (let at = 0; at < clicks; at += 1) {
      const click = { launchId: `l-${hour}-${at}`, actionId: 'approve', person: { login: 'artist', proven: true } };
      time = end - hour * 3_600_000 - 1_800_000 + at * 1_000;
      await log.append(clickReceived(click, { selectedIds: [1], listed: 60, payload: 'full' }));
      time += 400 + 90 * ((at * 7) % 11);
      await log.append(planMade(click, { digest: 'd', changes: 1, untouched: 0 }));
      if (at % 4 !== 3) await log.append(runConfirmed({ ...click, runId: `r-${hour}-${at}` }, { digest: 'd' }));
      if (at % 9 === 8) await log.append(clickRefused({ reference: 'K7QM-3XW9-TZ' }, { code: 'ami_stale' }));
    }
  }
  await log.close();
  await database.close();
}

async function openDesk(page: Page): Promise<void> {
  await page.goto(`${server.url}/admin`);
  await signIn(page, 'admin.flag-off');
  await page.locator('h1', { hasText: 'Administration' }).waitFor();
}

describeInBrowser('an administrator', ({ fresh }) => {
  it('switches an action off by keyboard; who clicks it reads why; and it is on again', async () => {
    const takePictures = pictureFolder('admin');
    await aDay();
    const { site } = server.studio;
    site.inject({ kind: 'slow', path: '/_batch', delayMs: 20_000, skip: 1, count: 1 });
    const manager = createPerson(server, 'manager');
    await manager.confirm(await manager.follow(await manager.click([6936, 6937])));
    const desk = await fresh();
    const page = await desk.context.newPage();
    await openDesk(page);
    await takePictures(page, 'overview');
    expect(await page.evaluate(inspectPage)).toEqual([]);
    expect(Number(await page.locator('[data-figure=clicks]').textContent())).toBeGreaterThan(50);
    expect(await page.locator('[data-figure=wait]').textContent()).toMatch(/^1\.\d\d s$/);
    await page.locator('[data-run] a', { hasText: 'Stop' }).click();
    await takePictures(page, 'stop');
    await page.locator('[data-cancel]').click();
    await page.locator('[data-run-id]').waitFor();
    await page.goto(`${server.url}/admin`);
    await page.locator('.picture summary').click();
    expect(await page.evaluate(inspectPage)).toEqual([]);

    await tabTo(page, '[data-action=approve] a');
    await page.keyboard.press('Enter');
    await page.locator('#reason').waitFor();
    await takePictures(page, 'switch');
    expect(await page.evaluate(inspectPage)).toEqual([]);
    await tabTo(page, '#reason');
    await page.keyboard.type(REASON);
    await page.keyboard.press('Enter');
    await page.locator('[data-action=approve][data-state=off]').waitFor();

    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    const refused = await launch(grid, [6933]);
    await refused.locator('[data-code]').waitFor();
    expect(await refused.locator('[data-code]').textContent()).toBe('action_off');
    expect(await refused.locator('.lead').textContent()).toContain(REASON);
    await takePictures(refused, 'refused');

    await page.locator('[data-action=approve] a').click();
    await page.locator('[data-switch]').click();
    await page.locator('[data-action=approve][data-state=on]').waitFor();
    await page.locator('[data-read-only] a').click();
    await page.locator('#reason').fill('Delivery of reel 4: nothing may change before it is out.');
    await page.locator('[data-switch]').click();
    await page.locator('[data-read-only=on]').waitFor();
    await takePictures(page, 'overview-read-only');
    expect(await page.evaluate(inspectPage)).toEqual([]);
    const preview = await launch(grid, [6934]);
    await signIn(preview, 'artist');
    await preview.locator('[data-refusal=read_only]').waitFor();
    expect(await preview.locator('[data-confirm]').count()).toBe(0);

    expect([...desk.complaints, ...artist.complaints]).toEqual([]);
  }, 240_000);

  it('asks who somebody would be, finding them while typing, and has the set-up looked at', async () => {
    const takePictures = pictureFolder('admin-who');
    const { context, complaints } = await fresh();
    const page = await context.newPage();
    await openDesk(page);
    await page.locator('.rooms a', { hasText: 'Who would I be?' }).click();
    expect(await page.evaluate(inspectPage)).toEqual([]);
    await page.locator('#person').pressSequentially('felix');
    await page.locator('[role=option]').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('[data-picks] input').waitFor();
    await page.locator('[data-ask]').click();
    await page.locator('[data-verdict=sudo_flag_off]').waitFor();
    expect(await page.locator('[data-flag]').textContent()).toBe('off');
    await takePictures(page, 'flag-off');
    await page
      .locator('#claims')
      .fill('{"preferred_username": "artist", "name": "Alma Ortiz", "groups": ["auditors"]}');
    await page.locator('[data-ask]').click();
    await page.locator('[data-verdict=allowed]').waitFor();
    expect(await page.evaluate(inspectPage)).toEqual([]);

    await page.locator('.rooms a', { hasText: 'Doctor' }).click();
    await page.locator('[data-look]').click();
    await page.locator('[data-check]').first().waitFor({ timeout: 30_000 });
    await takePictures(page, 'doctor');
    expect(await page.evaluate(inspectPage)).toEqual([]);
    expect(complaints).toEqual([]);
  }, 180_000);
});

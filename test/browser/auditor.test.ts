/** An auditor at the desk: from "what was done as the artist yesterday?" to a file that proves it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { clickReceived } from '../../src/audit/events/clicks.ts';
import { planMade } from '../../src/audit/events/plans.ts';
import { changesIntended, changesPerformed, runConfirmed, runFinished } from '../../src/audit/events/runs.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { verifyLogFiles } from '../../src/audit/read-log-file.ts';
import { openDatabase } from '../../src/database/open.ts';
import { describeInBrowser, type Page } from '../support/browser.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { pictureFolder } from './pictures.ts';
import { signIn } from './steps.ts';

const DAY = 86_400_000;

let server: TestServer;
/** How far the server's clock is ahead. */
let ahead = 0;
beforeEach(async () => {
  ahead = 0;
  server = await startTestServer({ overrides: { now: () => new Date(Date.now() + ahead) } });
});
afterEach(() => server.close());

async function aRun(login: string, ids: readonly number[]): Promise<string> {
  const person = createPerson(server, login);
  return (await person.finish(await person.confirm(await person.follow(await person.click(ids))))).run;
}

/** Recorded as the log records, by a clock of yesterday. */
async function yesterdaysRun(login: string, runId: string): Promise<void> {
  const database = await openDatabase(server.databaseUrl);
  const log = createAuditLog({ database, now: () => new Date(Date.now() - DAY) });
  const clicked = {
    reference: `REF-${runId}`,
    person: { login, id: 24, proven: true },
    realActor: { type: 'ApiUser', name: 'understudy' },
    actionId: 'approve',
    launchId: `launch-of-${runId}`,
    project: { id: 116, name: 'Hyperspace Madness' },
  } as const;
  const running = { ...clicked, runId };
  const fields = [{ field: 'sg_status_list', before: 'rev', after: 'apr' }];
  const change = { kind: 'update', entityType: 'Version', id: 6933, name: 'HSM_10_0010_anm_v001', fields } as const;
  await log.append([
    ...clickReceived(clicked, { entityType: 'Version', selectedIds: [6933], listed: 60, payload: 'full' }),
    planMade(clicked, { digest: 'd', changes: 1, untouched: 0 }),
    runConfirmed(running, { digest: 'd' }),
    ...changesIntended(running, [change]),
    ...changesPerformed(running, [{ ...change, position: 0, outcome: 'done' }]),
    runFinished(running, { counts: { done: 1 } }),
  ]);
  await log.close();
  await database.close();
}

async function openDesk(page: Page, login = 'auditor'): Promise<void> {
  await page.goto(`${server.url}/audit`);
  await signIn(page, login);
}

describeInBrowser('an auditor', ({ fresh }) => {
  it('finds what was done as the artist yesterday, narrows in the picture, opens a record, takes it away and verifies it', async () => {
    const takePictures = pictureFolder('auditor');
    await yesterdaysRun('artist', 'run-of-yesterday');
    await yesterdaysRun('manager', 'another');
    await aRun('artist', [6936]);

    const { context, complaints } = await fresh({ acceptDownloads: true });
    const page = await context.newPage();
    await openDesk(page);
    await page.getByLabel('Person', { exact: true }).fill('artist');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: 'Yesterday', exact: true }).click();
    expect(new URL(page.url()).searchParams.get('person')).toBe('artist');
    const persons = await page.locator('tr[data-seq] td.person').allInnerTexts();
    expect(persons).toHaveLength(6);
    expect(new Set(persons)).toEqual(new Set(['artist']));
    await takePictures(page, '1-yesterday');

    const before = await page.locator('tr[data-seq]').count();
    await page.locator('.legend a', { hasText: 'intended' }).click();
    expect(await page.locator('tr[data-seq]').count()).toBeLessThan(before);
    const bar = page.locator('svg a[data-bar]:has(rect.part)').first();
    const label = await bar.getAttribute('data-bar');
    await bar.locator('rect.hit').click();
    const narrowed = new URL(page.url()).searchParams;
    expect(narrowed.get('from')?.replace('T', ' ')).toMatch(new RegExp(`^${label}`));
    expect(narrowed.get('outcome')).toBe('intended');
    expect(await page.locator('tr[data-seq]').count()).toBe(1);
    await takePictures(page, '2-narrowed');

    await page.locator('tr[data-seq] td a').first().click();
    expect(await page.locator('h1').innerText()).toMatch(/^Record \d+$/);
    expect(await page.locator('main').innerText()).toContain('apr');
    expect(await page.locator('.story li').count()).toBeGreaterThanOrEqual(6);
    await takePictures(page, '3-record');

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Take this story away, sealed' }).click(),
    ]);
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toContain('run-of-yesterday');
    const file = join(server.databaseUrl.slice('file:'.length), '..', 'taken.log');
    await writeFile(file, text);
    expect(await verifyLogFiles([file], { checkpoints: [], keys: undefined })).toMatchObject({ intact: true });

    await page.goto(`${server.url}/audit/verify`);
    expect(await page.locator('h1').innerText()).toBe('The log is intact');
    expect(complaints).toEqual([]);
  }, 120_000);

  it('keeps what was typed when a search cannot be understood, and is told what is wrong', async () => {
    const { context, complaints } = await fresh();
    const page = await context.newPage();
    await openDesk(page);
    await page.getByLabel('Words in names').fill('hsm');
    await page.getByLabel('From (UTC)').fill('last week');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('cannot be understood');
    expect(await page.getByLabel('From (UTC)').inputValue()).toBe('last week');
    expect(await page.getByLabel('Words in names').inputValue()).toBe('hsm');
    expect(await page.locator('#problem-from').innerText()).toContain('2026-01-31');
    expect(complaints).toEqual([]);
  });

  it('compares the log with ShotGrid', async () => {
    await aRun('artist', [6933, 6934]);
    server.studio.site.reset();
    const { context, complaints } = await fresh();
    const page = await context.newPage();
    await openDesk(page);
    // The newest rows of the event log are not judged; the provider, whose clock is its own, is not asked again.
    ahead = 3_600_000;
    await page.getByRole('link', { name: 'Compare with ShotGrid' }).click();
    const now = Date.now();
    await page.getByLabel('From (UTC)').fill(new Date(now - 3_600_000).toISOString());
    await page.getByLabel('To (UTC)').fill(new Date(now + 60_000).toISOString());
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('[data-finding=done_not_on_site]').first().waitFor();
    expect(await page.locator('[data-finding=done_not_on_site]').count()).toBe(2);
    await page.locator('[data-finding] a', { hasText: 'record' }).first().click();
    expect(await page.locator('.lead').innerText()).toContain('changes.performed');
    expect(complaints).toEqual([]);
  });
});

describeInBrowser('somebody who is no auditor', ({ fresh }) => {
  it('is refused, by name of what is missing', async () => {
    const { context } = await fresh();
    const page = await context.newPage();
    await openDesk(page, 'artist');
    expect(await page.locator('[data-code]').innerText()).toBe('role_required');
    expect(await page.locator('tr[data-seq]').count()).toBe(0);
  });
});

/** A form filled in by keyboard; a run of 500 rows that is watched, stopped, finished and taken back; one of 5,000. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeInBrowser, type Page } from '../support/browser.ts';
import { createPerson, resign } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { inspectPage } from './inspect-page.mjs';
import { pictureFolder, SIZES } from './pictures.ts';
import { launch, openGrid, openMenu, pick, signIn, versionIds } from './steps.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ environment: { RUN_BATCH_ROWS: '20', RUN_CONCURRENCY: '2' } });
});
afterEach(() => server.close());

const rows = (status: string): number =>
  server.studio.site.rows('Version').filter((row) => row['sg_status_list'] === status).length;

describeInBrowser('a form', ({ fresh }) => {
  it('is filled in by keyboard: fields appear when they are asked, links are chosen while typing', async () => {
    const takePictures = pictureFolder('forms');
    const manager = await fresh();
    const grid = await openGrid(manager, server.studio, 'manager');
    const ids = (await versionIds(grid)).slice(0, 2);
    const tab = await launch(grid, ids, 'Add to playlist');
    await signIn(tab, 'manager');
    expect(await tab.getByLabel('Name of the new one').isVisible()).toBe(false);
    await tab.getByLabel('Playlist', { exact: false }).first().selectOption('new');
    expect(await tab.getByLabel('Name of the new one').isVisible()).toBe(true);
    await tab.locator('#field-where').selectOption('existing');

    const box = tab.getByRole('combobox', { name: 'Which one' });
    await box.focus();
    await tab.keyboard.type('dailies');
    await tab.locator('[role=option]').first().waitFor();
    expect(await tab.locator('[role=option]').count()).toBe(2);
    const said = tab.locator('[data-field=playlist] [role=status]');
    expect(await said.textContent()).toBe('2 matches');
    expect(await tab.getByRole('listbox', { name: 'Matches' }).isVisible()).toBe(true);
    await tab.keyboard.press('ArrowDown');
    expect(await box.getAttribute('aria-activedescendant')).toBe('field-playlist-list-0');
    await takePictures(tab, '1-combobox');
    await box.focus();
    if (!(await tab.getByRole('listbox').isVisible())) await tab.keyboard.press('ArrowDown');
    await tab.locator('[role=option]').first().waitFor();
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('Enter');
    expect(await tab.locator('[data-picks]').innerText()).toContain('Dailies');
    expect(await said.textContent()).toMatch(/^Dailies.* chosen$/);
    await inspect(tab);
    await tab.locator('[data-continue]').click();
    await tab.locator('[data-confirm]').waitFor();
    await takePictures(tab, '2-preview');
    await inspect(tab);

    await tab.getByRole('link', { name: 'Change answers' }).click();
    expect(await tab.locator('[data-picks]').innerText()).toContain('Dailies');
    await tab.locator('[data-picks] input').uncheck();
    await tab.locator('[data-continue]').click();
    // What is wrong is read first.
    await tab.locator('[data-form-errors]:focus').waitFor();
    expect(await tab.locator('#field-playlist-error').innerText()).toBe('Choose one to go on.');
    await takePictures(tab, '3-error');
    await inspect(tab);
    expect(manager.complaints).toEqual([]);
  }, 120_000);

  it('is followed by a report that sorts in the page and is exported', async () => {
    const takePictures = pictureFolder('reports');
    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    const tab = await launch(grid, (await versionIds(grid)).slice(0, 5), 'Export selection');
    await signIn(tab, 'artist');
    const ids = async (): Promise<number[]> => (await tab.locator('tbody td:first-child').allInnerTexts()).map(Number);
    const before = await ids();
    await tab.getByRole('button', { name: 'Id' }).click();
    expect(await ids()).toEqual(before.toSorted((a, b) => a - b));
    await tab.getByRole('button', { name: 'Id' }).click();
    expect(await ids()).toEqual(before.toSorted((a, b) => b - a));
    await takePictures(tab, '1-report');
    await inspect(tab);
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('link', { name: 'Export as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Hyperspace-Madness-Versions.csv');
    expect(artist.complaints).toEqual([]);
  }, 120_000);
});

describeInBrowser('a run of 500 rows', ({ fresh }) => {
  it('is previewed page by page, watched as it goes on, stopped, tried again and taken back', async () => {
    const takePictures = pictureFolder('run-of-500');
    await addVersions(440);
    for (const row of server.studio.site.rows('Version')) {
      server.studio.site.setField('Version', row.id, 'sg_status_list', 'rev');
    }
    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    expect(await grid.locator('tbody tr[data-id]').count()).toBe(500);
    await grid.locator('#all').check();
    await openMenu(grid, (await versionIds(grid))[0]!);
    const tab = await pick(grid, 'Approve');
    await signIn(tab, 'artist');
    expect(await tab.locator('.place').innerText()).toBe('1–100 of 500');
    expect(await tab.locator('main tr[data-row]').count()).toBe(100);
    await takePictures(tab, '1-preview');
    await inspect(tab);
    await tab.getByLabel('Find a row by name').fill('extra_0123');
    await tab.getByRole('button', { name: 'Find' }).click();
    await tab.locator('.place', { hasText: '1–1 of 1' }).waitFor();
    await tab.getByRole('link', { name: 'Show all 500' }).click();
    await tab.getByRole('link', { name: 'Next' }).click();
    await tab.locator('.place', { hasText: '101–200 of 500' }).waitFor();
    expect(await tab.locator('[data-confirm]').innerText()).toBe('Approve: 500 Versions as Alma Ortiz');

    server.studio.site.setLatency(0.2);
    await tab.locator('[data-confirm]').click();
    await tab.waitForURL(/\/runs\//);
    const first = await settled(tab);
    await tab.waitForFunction(
      (before) => {
        const page = globalThis as unknown as {
          document: { querySelector(selector: string): { value: number } | null };
        };
        return (page.document.querySelector('progress')?.value ?? 0) > before + 40;
      },
      first,
      { timeout: 60_000 },
    );
    // However long the pictures take, there is something left to stop.
    server.studio.site.inject({ kind: 'slow', path: '/_batch', delayMs: 2_000, count: 100 });
    const written = await tab.locator('[data-progress-text]').innerText();
    expect(written).toMatch(/^\d+ of 500 rows settled\.$/);
    expect(Number.parseInt(written, 10)).toBeGreaterThan(first + 40);
    expect(await tab.locator('[data-progress-spoken]').textContent()).toMatch(/^\d+ of 500 rows settled\.$/);
    await takePictures(tab, '2-running');
    await tab.locator('[data-cancel]').click();
    await tab.locator('main:not(:has([data-run-progress]))').waitFor({ timeout: 60_000 });
    server.studio.site.clearFaults();
    const done = rows('apr');
    expect(done).toBeGreaterThan(40);
    expect(done).toBeLessThan(500);
    expect(await tab.locator('h1').innerText()).toBe(`Stopped: ${done} Versions changed`);
    await takePictures(tab, '3-stopped');
    await inspect(tab);

    server.studio.site.setLatency(0);
    await tab.locator('[data-retry]').click();
    await tab.locator('[data-confirm]').click();
    await tab.waitForURL(/\/runs\//);
    await tab.locator('main:not(:has([data-run-progress])) [data-undo]').waitFor({ timeout: 60_000 });
    expect(rows('apr')).toBe(500);
    await tab.goBack();
    await tab.goBack();
    await tab.reload();
    await tab.locator('[data-undo]').click();
    await tab.locator('[data-confirm]').waitFor();
    await takePictures(tab, '4-undo');
    await tab.locator('[data-confirm]').click();
    await tab.waitForURL(/\/runs\//);
    await tab.locator('main:not(:has([data-run-progress])) [data-undo]').waitFor({ timeout: 60_000 });
    expect(rows('rev')).toBe(done);
    expect(artist.complaints).toEqual([]);
  }, 300_000);
});

describeInBrowser('a run of 5,000 rows', ({ fresh }) => {
  it('is previewed, paged, searched and done, and no page of it keeps anybody waiting', async () => {
    await addVersions(4_940);
    const { site, facts } = server.studio;
    const ids = site.rows('Version').map(({ id }) => id);
    expect(ids).toHaveLength(5_000);
    const artist = await fresh();
    // The form that a page of 5,000 selected rows makes the browser send; selecting them is ShotGrid's own affair.
    const all = ids.join(',');
    const form = resign(await createPerson(server, 'artist').formFor(ids.slice(0, 1)), facts.amiSecretToken, {
      selected_ids: all,
      ids: all,
    });
    const tab = await artist.context.newPage();
    const inputs = form.map(([name, value]) => `<input name="${name}" value="${value.replaceAll('"', '&quot;')}">`);
    await tab.setContent(
      `<form method="post" action="${server.url}/ami/approve">${inputs.join('')}<button>Go</button></form>`,
    );
    await tab.getByRole('button').click();
    await signIn(tab, 'artist');
    await tab.locator('.place', { hasText: '1–100 of' }).waitFor({ timeout: 60_000 });
    const waiting = Number((await tab.locator('[data-tally=changes] b').innerText()).replace(',', ''));
    expect(waiting).toBeGreaterThan(4_900);

    await tab.getByRole('link', { name: 'Next' }).click();
    await tab.locator('.place', { hasText: '101–200 of' }).waitFor();
    await tab.getByLabel('Find a row by name').fill('extra_4321');
    await tab.getByRole('button', { name: 'Find' }).click();
    await tab.locator('.place', { hasText: '1–1 of 1' }).waitFor();
    await tab.locator('[data-confirm]').click();
    await tab.waitForURL(/\/runs\//);
    await tab.locator('main:not(:has([data-run-progress])) [data-undo]').waitFor({ timeout: 120_000 });
    // Whoever waited for it is told first how it ended.
    expect(await tab.locator('h1:focus').innerText()).toBe(`${waiting.toLocaleString('en-US')} Versions changed`);
    expect(rows('apr')).toBe(5_000);
    await tab.getByLabel('Find a row by name').fill('extra_4321');
    await tab.getByRole('button', { name: 'Find' }).click();
    await tab.locator('.place', { hasText: '1–1 of 1' }).waitFor();
    expect(artist.complaints).toEqual([]);

    // All but the slowest, the making of the preview, which asks ShotGrid about every row.
    const answered = server.lines
      .map((line) => JSON.parse(line) as { readonly msg: string; readonly path?: string; readonly ms?: number })
      .filter(({ msg, path }) => msg === 'answered' && /^\/(launches|runs)\//.test(path ?? ''))
      .map(({ ms = 0 }) => ms)
      .toSorted((a, b) => a - b);
    // Tenths of a second where nothing else is going on.
    expect(answered.at(-2)).toBeLessThan(10_000);
  }, 300_000);
});

async function settled(tab: Page): Promise<number> {
  return Number(await tab.locator('progress').first().getAttribute('value', { timeout: 20_000 }));
}

/** Readable on a desk, in an overlay and on a phone, light and dark. */
async function inspect(tab: Page): Promise<void> {
  const troubles: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await tab.emulateMedia({ colorScheme });
    for (const size of SIZES) {
      await tab.setViewportSize(size);
      troubles.push(...(await tab.evaluate(inspectPage)).map((trouble) => `${size.width} ${colorScheme}: ${trouble}`));
    }
  }
  await tab.setViewportSize(SIZES[0]);
  expect(troubles).toEqual([]);
}

/** More Versions, made by the script over the site's own API. */
async function addVersions(count: number): Promise<void> {
  const { url } = server.studio.site;
  const { scriptName, scriptKey } = server.studio.facts;
  const token = await fetch(`${url}/api/v1/auth/access_token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: scriptName, client_secret: scriptKey }),
  });
  const { access_token: accessToken } = (await token.json()) as { access_token: string };
  const requests = Array.from({ length: count }, (_one, at) => ({
    request_type: 'create',
    entity: 'Version',
    data: {
      project: { type: 'Project', id: 116 },
      code: `EXTRA_${String(at).padStart(4, '0')}`,
      sg_status_list: 'rev',
    },
  }));
  const made = await fetch(`${url}/api/v1/entity/_batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ requests }),
  });
  expect(made.status).toBe(200);
}

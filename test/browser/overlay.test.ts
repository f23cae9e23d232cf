/** Clicks that open over ShotGrid's own page, in a real browser: signing in by a window, and everything that must not be had by it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { FrameLocator } from 'playwright-core';
import { describeInBrowser, type BrowserContext, type Page } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { pictureFolder, SIZES } from './pictures.ts';
import { confirm, launchInOverlay, openGrid, popOut, rowOf, shownRows, signInByOneClick, versionIds } from './steps.ts';

/** As large as the window that is opened to sign in in. */
const WINDOW = [{ width: 520, height: 680 }];

let server: TestServer;
/** How far the server's clock is ahead of the real one. */
let aheadMs = 0;
/** Another origin, and to a browser the same site as ShotGrid's: cookies of our frames there come to our frames here, too. */
const evil = createServer((_request, response) => void response.setHeader('content-type', 'text/html').end(evilBody));
let evilBody = '';
beforeAll(async () => {
  evil.listen(0, '127.0.0.1');
  server = await startTestServer({
    overrides: { now: () => new Date(Date.now() + aheadMs) },
    studio: {
      menuItems: (url, secretToken) => [
        {
          title: 'Playlist in an overlay',
          url: `${url}/ami/add-to-playlist`,
          entityType: 'Version',
          secretToken,
          selectionRequired: true,
          openInOverlay: true,
        },
      ],
    },
  });
}, 60_000);
beforeEach(() => {
  aheadMs = 0;
  server.studio.site.reset();
});
afterAll(async () => {
  evil.close();
  evil.closeAllConnections();
  await server.close();
});

const statusOf = (id: number): unknown =>
  server.studio.site.rows('Version').find((row) => row.id === id)?.['sg_status_list'];

const finishedIn = (frame: FrameLocator): Promise<void> =>
  frame.locator('main:not(:has([data-run-progress])) [data-run-id]').waitFor();

const linkIn = async (frame: FrameLocator): Promise<string> =>
  `${server.url}${(await frame.locator('[data-pop-out]').getAttribute('href')) ?? ''}`;

const closed = (page: Page): Promise<unknown> => (page.isClosed() ? Promise.resolve() : page.waitForEvent('close'));

/** A browser that is signed in to our server, in a tab of its own. */
async function signInElsewhere(context: BrowserContext, login: string): Promise<void> {
  const tab = await context.newPage();
  await tab.goto(`${server.url}/account`);
  await signInByOneClick(tab, login);
  await tab.close();
}

/** A page of another origin, in this browser. */
async function evilPage(context: BrowserContext, body: string): Promise<Page> {
  evilBody = body;
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
  return page;
}

describeInBrowser('an overlay', ({ fresh }) => {
  it('is signed in by a window that closes itself, changes what it showed, and leads back', async () => {
    const takePictures = pictureFolder('overlay', SIZES.slice(0, 2));
    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    const ids = (await versionIds(grid)).slice(0, 3);
    const frame = await launchInOverlay(grid, ids);
    await takePictures(grid, '1-sign-in');
    const window = await popOut(grid, frame);
    await window.locator('[data-person]').first().waitFor();
    expect(await window.evaluate('innerWidth < 700 && opener !== null')).toBe(true);
    await pictureFolder('overlay-sign-in', WINDOW)(window, '2-window');
    await Promise.all([closed(window), window.locator('[data-person="artist"]').click()]);

    await frame.locator('[data-confirm]').waitFor();
    expect(await frame.locator('.acting').innerText()).toContain('Acting as Alma Ortiz');
    for (const size of [
      { width: 640, height: 490 },
      { width: 1280, height: 800 },
    ]) {
      await grid.setViewportSize(size);
      const fits = await frame.locator('html').evaluate((html) => {
        const { scrollWidth, clientWidth } = html as unknown as Record<'scrollWidth' | 'clientWidth', number>;
        return scrollWidth <= clientWidth;
      });
      expect(fits).toBe(true);
      await frame.locator('[data-confirm]').click({ trial: true });
    }
    await takePictures(grid, '3-preview');
    await frame.locator('[data-confirm]').click();
    await finishedIn(frame);
    expect(ids.map(statusOf)).toEqual(['apr', 'apr', 'apr']);
    await takePictures(grid, '4-run');

    // The page behind has polled; it goes on being used once the overlay is closed.
    await grid.locator('#overlay button').click();
    for (const id of ids) await rowOf(grid, id).locator('.status[data-status=apr]').waitFor();
    const next = await launchInOverlay(grid, [ids[0]!]);
    await next.locator('.tally').waitFor();
    await Promise.all([grid.waitForURL(/\/page\/4606$/), next.locator('[data-back]').click()]);
    expect(await grid.locator('#overlay[open]').count()).toBe(0);
    expect(artist.complaints).toEqual([]);
  }, 90_000);

  it('is handed over at once by a browser that is signed in; two at a time, each its own click', async () => {
    const artist = await fresh();
    await signInElsewhere(artist.context, 'artist');
    const [one, other] = [await openGrid(artist, server.studio), await openGrid(artist, server.studio)];
    const [first, second] = await versionIds(one);
    const frames = [await launchInOverlay(one, [first!]), await launchInOverlay(other, [second!])] as const;
    await Promise.all([popOut(one, frames[0]).then(closed), frames[0].locator('[data-confirm]').waitFor()]);
    await popOut(other, frames[1]).then(closed);
    for (const [at, id] of [second, first].entries()) {
      const frame = frames[1 - at]!;
      expect(await frame.locator('tr[data-row]').getAttribute('data-row')).toBe(String(id));
      await frame.locator('[data-confirm]').click();
      await finishedIn(frame);
    }
    expect([first!, second!].map(statusOf)).toEqual(['apr', 'apr']);

    expect(artist.complaints).toEqual([]);
  }, 90_000);

  it('goes on in the window when that was opened without the frame, and says there how far it is', async () => {
    const takePictures = pictureFolder('overlay-moved', SIZES.slice(1, 2));
    const artist = await fresh();
    const grid = await openGrid(artist, server.studio);
    const [id] = await versionIds(grid);
    const frame = await launchInOverlay(grid, [id!]);
    const link = await linkIn(frame);
    // The person presses the button, loses the window, and takes the link from elsewhere.
    await popOut(grid, frame).then((window) => window.close());
    const tab = await artist.context.newPage();
    await tab.goto(link);
    await signInByOneClick(tab, 'artist');
    await tab.waitForURL(/\/launches\//);
    expect(await shownRows(tab)).toEqual([id]);
    await frame.getByText('This goes on in another window').waitFor();
    await takePictures(grid, '1-elsewhere');
    await confirm(tab);
    await frame.getByText('Finished in another window').waitFor();
    await takePictures(grid, '2-finished');
    expect(statusOf(id!)).toBe('apr');

    // Once more, by the same link: its own browser is led back, another is told.
    await tab.goto(link);
    await tab.waitForURL(/\/runs\//);
    const other = await fresh();
    const elsewhere = await other.context.newPage();
    await elsewhere.goto(link);
    expect(await elsewhere.locator('h1').innerText()).toBe('This goes on in another window');
    expect(artist.complaints).toEqual([]);
  }, 60_000);

  it('asks again when its session ended in the middle of a form, and nothing is changed', async () => {
    const artist = await fresh();
    await signInElsewhere(artist.context, 'manager');
    const grid = await openGrid(artist, server.studio, 'manager');
    const [id] = await versionIds(grid);
    const frame = await launchInOverlay(grid, [id!], 'Playlist in an overlay');
    await popOut(grid, frame).then(closed);
    await frame.locator('#field-where').selectOption('new');
    await frame.getByLabel('Name of the new one').fill('Tonight');
    const before = server.studio.site.snapshot();
    await artist.context.clearCookies({ name: 'frame-session' });
    await frame.locator('[data-continue]').click();
    await frame.locator('[data-ended]').waitFor();
    await popOut(grid, frame).then(closed);
    await frame.locator('#field-where').waitFor();
    expect(server.studio.site.snapshot()).toEqual(before);
    expect(artist.complaints).toEqual([]);
  }, 60_000);

  it('goes on in the window where the provider cuts the tie between the two', async () => {
    const artist = await fresh();
    await artist.context.route(`${server.studio.idp.url}/**`, async (route) => {
      const answer = await route.fetch({ maxRedirects: 0 });
      const headers = { ...answer.headers(), 'cross-origin-opener-policy': 'same-origin' };
      await route.fulfill({ response: answer, headers });
    });
    const grid = await openGrid(artist, server.studio);
    const [id] = await versionIds(grid);
    const frame = await launchInOverlay(grid, [id!]);
    const window = await popOut(grid, frame);
    await signInByOneClick(window, 'artist');
    await window.waitForURL(/\/launches\//);
    expect(await shownRows(window)).toEqual([id]);
    await frame.getByText('This goes on in another window').waitFor();
    expect(statusOf(id!)).not.toBe('apr');
  }, 60_000);

  it('refuses a sign-in that comes too late, and takes the next one', async () => {
    const artist = await fresh();
    await signInElsewhere(artist.context, 'artist');
    const grid = await openGrid(artist, server.studio);
    const [id] = await versionIds(grid);
    const frame = await launchInOverlay(grid, [id!]);
    await artist.context.route(
      '**/hand-over',
      async (route) => {
        aheadMs = 61_000;
        await route.continue();
      },
      { times: 1 },
    );
    const window = await popOut(grid, frame);
    expect(await frame.locator('[data-code]').innerText()).toBe('hand_over_invalid');
    await window.close();
    await frame.getByRole('link', { name: 'Try again' }).click();
    await popOut(grid, frame).then(closed);
    await frame.locator('[data-confirm]').waitFor();
    expect(statusOf(id!)).not.toBe('apr');
  }, 60_000);

  it('opens a tab where the browser holds windows back, and is handed over all the same', async () => {
    const artist = await fresh();
    await artist.context.addInitScript('window.open = () => null');
    const grid = await openGrid(artist, server.studio);
    const [id] = await versionIds(grid);
    const frame = await launchInOverlay(grid, [id!]);
    const tab = await popOut(grid, frame);
    expect(await frame.locator('[data-blocked]').isVisible()).toBe(true);
    await Promise.all([closed(tab), tab.locator('[data-person="artist"]').click()]);
    await frame.locator('[data-confirm]').waitFor();
    expect(artist.complaints).toEqual([]);
  }, 60_000);

  it('works without scripts: the click goes on in the window, and the frame says so when it is loaded again', async () => {
    const artist = await fresh({ javaScriptEnabled: false });
    // The switch of the tests' browser does not reach frames of another site; a sandbox does.
    const page = await framedFormOf(
      artist.context,
      'artist',
      'sandbox="allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox"',
    );
    const frame = page.frameLocator('iframe');
    const [tab] = await Promise.all([artist.context.waitForEvent('page'), frame.locator('[data-pop-out]').click()]);
    await signInByOneClick(tab, 'artist');
    await tab.getByRole('button', { name: 'Continue in this window' }).click();
    await tab.waitForURL(/\/launches\//);
    expect(await shownRows(tab)).toHaveLength(1);
    await frame.getByRole('link', { name: 'this page says how far it is' }).click();
    await frame.getByText('This goes on in another window').waitFor();
    await confirm(tab);
    await frame.getByRole('link', { name: 'See how far it is now' }).click();
    await frame.getByText('Finished in another window').waitFor();
  }, 60_000);
});

describeInBrowser('a link out of an overlay that reaches somebody else', ({ fresh }) => {
  it('never lets the first act as the second, whatever page opens it and whatever it is told', async () => {
    const [artist, manager] = [await fresh(), await fresh()];
    await signInElsewhere(manager.context, 'manager');
    const grid = await openGrid(artist, server.studio);
    const [id] = await versionIds(grid);
    const link = await linkIn(await launchInOverlay(grid, [id!]));
    const opened = await manager.context.newPage();
    await opened.goto(link);
    expect(await opened.locator('[data-code]').innerText()).toBe('identity_mismatch');

    // The worst case: a click in the manager's own name, in the artist's browser.
    const page = await framedFormOf(artist.context, 'manager');
    const frame = page.frameLocator('iframe');
    await manager.context.clock.install();
    const heard: unknown[] = [];
    await manager.context.exposeFunction('heard', (data: unknown) => void heard.push(data));
    const trap = await evilPage(
      manager.context,
      `<script>addEventListener('message', ({ data }) => heard(data))</script><a href="${await linkIn(frame)}" target="_blank" rel="opener">Look at this</a>`,
    );
    const [window] = await Promise.all([manager.context.waitForEvent('page'), trap.getByRole('link').click()]);
    await window.locator('[data-handing]').waitFor();
    expect(await window.evaluate('opener !== null')).toBe(true);
    // An opener of another site hears nothing, and cannot say that it has taken over what it was not given.
    const code = await window.locator('[data-pop-out-of]').getAttribute('data-code');
    await trap.evaluate(`document.querySelector('a').remove()`);
    await window.clock.runFor(7000);
    await window.getByRole('button', { name: 'Continue in this window' }).waitFor();
    expect(heard).toEqual([]);
    await pictureFolder('overlay-window', WINDOW)(window, 'not-handed-over');

    // Even with the code, told by the page around it: that is another origin, and the frame does not listen.
    const launch = new URL(link).pathname.split('/')[2];
    await page.evaluate(
      `for (const launch of ${JSON.stringify([launch, await frame.locator('[data-sign-in]').getAttribute('data-sign-in')])})
        frames[0].postMessage({ understudy: 'hand-over', launch: launch.split('/').at(-1), code: ${JSON.stringify(code)} }, '*')`,
    );
    await window.getByRole('button', { name: 'Continue in this window' }).click();
    await window.waitForURL(/\/launches\//);
    expect(await window.locator('.acting').innerText()).toContain('Acting as Marcus Lind');
    await frame.getByText('Continue as manager').waitFor();
    await page.evaluate(`document.querySelector('form').remove()`);
    const [inside] = page.frames().slice(1);
    await inside!.goto(`${server.url}${(await frame.locator('[data-sign-in]').getAttribute('data-sign-in'))!}`);
    expect(await frame.locator('h1').innerText()).toBe('This goes on in another window');
    expect(await frame.locator('form').count()).toBe(0);
    expect(statusOf(id!)).toBe('rev');
  }, 60_000);

  it('is shown in no page but ShotGrid’s, and nothing but launches and runs is shown even there', async () => {
    const { context } = await fresh();
    const page = await framedFormOf(context, 'artist');
    const launch = await page.frameLocator('iframe').locator('[data-sign-in]').getAttribute('data-sign-in');
    const trap = await evilPage(context, '');
    await expectEmptyFrame(trap, launch!);
    const popOut = new URL(await linkIn(page.frameLocator('iframe'))).pathname;
    for (const path of ['/', '/login', '/account', '/audit', '/signed-out', popOut]) await expectEmptyFrame(page, path);
  }, 60_000);
});

/** The browser shows an error of its own where the page would be. */
async function expectEmptyFrame(page: Page, path: string): Promise<void> {
  await page.setContent(`<iframe src="${server.url}${path}"></iframe>`);
  await until(() => page.frames().at(-1)?.url().startsWith('chrome-error:') === true);
}

/** ShotGrid's page needs scripts; what it posts does not. The form is the site's own for `login`, on a page of the site with a frame. */
async function framedFormOf(context: BrowserContext, login: string, attributes = ''): Promise<Page> {
  const { site } = server.studio;
  const item = (site.rows('ActionMenuItem') as readonly { id: number; title?: unknown }[]).find(
    ({ title }) => title === 'Approve (in an overlay)',
  );
  const selected = site
    .rows('Version')
    .slice(0, 1)
    .map(({ id }) => id);
  const response = await fetch(`${site.url}/_web/launch`, {
    method: 'POST',
    headers: { cookie: `_session_id=${site.openSession(login)}` },
    body: JSON.stringify({ item: item?.id, page: 4606, type: 'Version', selected, sort: '', session: 'a-window' }),
  });
  const { url, fields } = (await response.json()) as { url: string; fields: readonly (readonly [string, string])[] };
  const inputs = fields.map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  const page = await context.newPage();
  await page.goto(`${site.url}/user/login`);
  await page.setContent(
    `<form method="post" action="${url}" target="overlay">${inputs.join('')}<button>Go</button></form><iframe name="overlay" width="900" height="600" ${attributes}></iframe>`,
  );
  await page.getByRole('button', { name: 'Go' }).click();
  await page.frameLocator('iframe').locator('main h1').waitFor();
  return page;
}

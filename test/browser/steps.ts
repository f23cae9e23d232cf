/** What a person does in the studio page and at the identity provider, step by step. */
import type { Studio } from '../../infra/studio/start.ts';
import type { FrameLocator } from 'playwright-core';
import type { Page, Person } from '../support/browser.ts';

/** The grid of Versions, signed in to ShotGrid as `login`. */
export async function openGrid({ context }: Person, studio: Studio, login = 'artist'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${studio.site.url}/page/4606?as=${login}`);
  return page;
}

/** Ids of the Versions in the grid, from the top. */
export async function versionIds(grid: Page): Promise<number[]> {
  const rows = await grid.locator('tbody tr[data-id]').all();
  return Promise.all(rows.map(async (row) => Number(await row.getAttribute('data-id'))));
}

/** Selects these rows and no others: a click, then Ctrl-clicks. */
export async function select(grid: Page, ids: readonly number[]): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const modifiers = index === 0 ? [] : (['ControlOrMeta'] as const);
    await rowOf(grid, id)
      .locator('[data-field=updated_at]')
      .click({ modifiers: [...modifiers] });
  }
}

export async function openMenu(grid: Page, id: number): Promise<void> {
  await rowOf(grid, id).locator('[data-field=updated_at]').click({ button: 'right' });
  await grid.locator('#menu').waitFor();
}

/** Picks an item of the open menu; resolves with the tab that opens. */
export async function pick(grid: Page, title: string): Promise<Page> {
  const [tab] = await Promise.all([
    grid.context().waitForEvent('page'),
    grid.locator(`[data-menu-item="${title}"]`).click(),
  ]);
  // A new tab is an empty page at first.
  await tab.waitForURL(/^https?:/);
  return tab;
}

/** Selects, right-clicks, picks. */
export async function launch(grid: Page, ids: readonly number[], title = 'Approve'): Promise<Page> {
  await select(grid, ids);
  await openMenu(grid, ids[0]!);
  return pick(grid, title);
}

/** Selects, right-clicks, picks an item that opens over the page; the frame that it opens in. */
export async function launchInOverlay(
  grid: Page,
  ids: readonly number[],
  title = 'Approve (in an overlay)',
): Promise<FrameLocator> {
  await select(grid, ids);
  await openMenu(grid, ids[0]!);
  await grid.locator(`[data-menu-item="${title}"]`).click();
  const frame = grid.frameLocator('#overlay iframe');
  await frame.locator('main h1').waitFor();
  return frame;
}

/** Presses the overlay's one button; the window that it opens. */
export async function popOut(grid: Page, frame: FrameLocator): Promise<Page> {
  // A tab in the background is not drawn, and what is not drawn is not pressed.
  await grid.bringToFront();
  const [window] = await Promise.all([grid.context().waitForEvent('page'), frame.locator('[data-pop-out]').click()]);
  return window;
}

/** At the identity provider: name and password, as a person types them. */
export async function signIn(tab: Page, login: string): Promise<void> {
  await tab.getByLabel('Login').fill(login);
  await tab.getByLabel('Password').fill(login);
  await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
  await tab.waitForURL((url) => url.hostname === 'localhost');
}

/** By the button of that demo person. */
export async function signInByOneClick(tab: Page, login: string): Promise<void> {
  await tab.locator(`[data-person="${login}"]`).click();
  await tab.waitForURL((url) => url.hostname === 'localhost');
}

export async function confirm(tab: Page): Promise<void> {
  await tab.locator('[data-confirm]').click();
  await tab.waitForURL(/\/runs\//);
  await finished(tab);
}

/** The page of the run says that it is over; it says so by itself. */
export async function finished(tab: Page): Promise<void> {
  await tab.locator('main:not(:has([data-run-progress])) [data-run-id]').waitFor();
}

/** Ids of the rows that a preview or a run shows, from the top, each once. */
export async function shownRows(tab: Page): Promise<number[]> {
  const rows = await tab.locator('main tr[data-row]').all();
  const ids = await Promise.all(rows.map(async (row) => Number(await row.getAttribute('data-row'))));
  return [...new Set(ids)];
}

export function rowOf(grid: Page, id: number) {
  return grid.locator(`tr[data-id="${id}"]`);
}

/** Tabs until the thing that has the focus is this. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let at = 0; at < 60; at += 1) {
    await page.keyboard.press('Tab');
    if (
      await page.evaluate(
        (wanted) =>
          (
            globalThis as unknown as { document: { activeElement: { matches(s: string): boolean } | null } }
          ).document.activeElement?.matches(wanted) === true,
        selector,
      )
    )
      return;
  }
  throw new Error(`no way to ${selector} by keyboard`);
}

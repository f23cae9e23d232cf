/**
 * What holds for every page, whatever it shows: see `inspect-page.mjs` and `inspect-focus.mjs`, in three widths, light and dark,
 * and what axe-core finds. `PICTURES=all` also takes a picture of each.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import axe from 'axe-core';
import { describeInBrowser, type Page } from '../support/browser.ts';
import { startGallery, type Gallery } from './gallery.ts';
import { inspectFocus } from './inspect-focus.mjs';
import { inspectPage } from './inspect-page.mjs';
import { pictureFolder } from './pictures.ts';

/** The smallest telephone; also what a window of 1280 pixels is at 400 %, and one of 640 at 200 %. */
const NARROWEST = { width: 320, height: 640 };
/** A desk and ShotGrid's overlay beside it. */
const SIZES = [{ width: 1280, height: 800 }, { width: 900, height: 640 }, NARROWEST];

/** Rules of axe-core whose verdict depends on colours or on the width: asked again in the dark, on the narrowest page. */
const RULES_OF_LOOKS = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];

let gallery: Gallery;
beforeAll(async () => {
  gallery = await startGallery();
});
afterAll(() => gallery.close());

type Violation = {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary: string }[];
};

describeInBrowser('every page', ({ fresh }) => {
  it('is readable on a phone, in an overlay and on a desk, light and dark, by keyboard and by ear, and breaks no rule', async () => {
    const takePictures = process.env['PICTURES'] === 'all' ? pictureFolder('pages') : undefined;
    const { context, complaints } = await fresh();
    const page = await context.newPage();
    const troubles: string[] = [];
    for (const [name, path] of gallery.pages) {
      const answer = await page.goto(`${gallery.url}${path}`);
      if (answer?.status() === 500 && name !== 'refusal-unexpected')
        troubles.push(`${name}: not the page it is meant to be`);
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      await page.evaluate(axe.source);
      for (const [at, size] of SIZES.entries()) {
        // Colours do not depend on the width: each scheme is met at least once.
        const colorScheme = at === 0 ? 'light' : 'dark';
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(size);
        const found = await page.evaluate(inspectPage);
        if (at === 0) found.push(...(await runAxe(page)));
        if (size === NARROWEST) found.push(...(await runAxe(page, RULES_OF_LOOKS)));
        troubles.push(...found.map((trouble) => `${name}, ${size.width}, ${colorScheme}: ${trouble}`));
      }
      troubles.push(...(await walkByKeyboard(page)).map((trouble) => `${name}: ${trouble}`));
      await takePictures?.(page, name);
    }
    expect(troubles).toEqual([]);
    expect(complaints).toEqual([]);
  }, 300_000);
});

/** No rule is switched off. */
async function runAxe(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) };
  const found = await page.evaluate(`axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`);
  return (found as readonly Violation[]).flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`),
  );
}

/** The way to the content leads there, and wherever the focus goes, it is seen. */
async function walkByKeyboard(page: Page): Promise<readonly string[]> {
  const troubles: string[] = [];
  const skip = page.locator('.skip');
  if ((await skip.count()) > 0) {
    await skip.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const isInBar = await page.evaluate('document.activeElement.closest(".bar") !== null');
    if (isInBar === true) troubles.push('the way to the content does not lead there');
  }
  return [...troubles, ...(await page.evaluate(inspectFocus))];
}

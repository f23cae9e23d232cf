/**
 * What holds for every page, whatever it shows: see `inspect-page.mjs` and `inspect-focus.mjs`, in three widths, light and dark,
 * and what axe-core finds. `PICTURES=all` also takes a picture of each.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInBrowser, type Page } from '../support/browser.ts';
import { startGallery, type Gallery } from './gallery.ts';
import { inspectFocus } from './inspect-focus.mjs';
import { inspectPage } from './inspect-page.mjs';
import { pictureFolder } from './pictures.ts';
import { thinOut } from './thin-out.mjs';

const DESK = { width: 1280, height: 800 };
/** ShotGrid's overlay. */
const OVERLAY = { width: 900, height: 640 };
/** The smallest telephone; also what a window of 1280 pixels is at 400 %, and one of 640 at 200 %. */
const NARROWEST = { width: 320, height: 640 };

/** Rules of axe-core whose verdict depends on colours or on the width: asked again in the dark, on the narrowest page. */
const RULES_OF_LOOKS = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];

/** Minified it is read in half the time, and every page reads it. */
const AXE = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

type Violation = {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary: string }[];
};

/** Checks the pages of the gallery whose names are picked; pictures of them go into the folder. */
export function checkPages(title: string, isPicked: (name: string) => boolean, folder: string): void {
  const areTaken = process.env['PICTURES'] === 'all';
  let gallery: Gallery;
  beforeAll(async () => {
    gallery = await startGallery();
  });
  afterAll(() => gallery.close());

  describeInBrowser(title, ({ fresh }) => {
    it(
      'is readable on a phone, in an overlay and on a desk, light and dark, by keyboard and by ear, and breaks no rule',
      async () => {
        const takePictures = areTaken ? pictureFolder(folder) : undefined;
        const { context, complaints } = await fresh();
        // As a script of the page's own it is compiled once; evaluated, anew on every page, which takes longer than its rules.
        await context.addInitScript(AXE);
        const page = await context.newPage();
        const troubles: string[] = [];
        const skeletons = new Set<string>();
        const picked = [...gallery.pages].filter(([name]) => isPicked(name));
        expect(picked.length).toBeGreaterThan(20);
        await look(page, NARROWEST, 'dark');
        for (const [name, path] of picked) {
          const note = (found: readonly string[], where: string) =>
            troubles.push(...found.map((trouble) => `${name}, ${where}: ${trouble}`));
          const answer = await page.goto(`${gallery.url}${path}`);
          if (answer?.status() === 500 && name !== 'refusal-unexpected')
            troubles.push(`${name}: not the page it is meant to be`);
          await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
          // Colours do not depend on the width: each scheme is met at least once.
          note(await page.evaluate(inspectPage), 'narrow and dark');
          await page.setViewportSize(OVERLAY);
          note(await page.evaluate(inspectPage), 'in an overlay, dark');
          await look(page, DESK, 'light');
          note(await page.evaluate(inspectPage), 'on a desk, light');
          const skeleton = await page.evaluate(thinOut);
          // The rules are about how a page is built: where another differs in words alone, they have been asked.
          const isNew = !skeletons.has(skeleton);
          skeletons.add(skeleton);
          if (isNew) note(await runAxe(page), 'on a desk, light');
          await look(page, NARROWEST, 'dark');
          if (isNew) note(await runAxe(page, RULES_OF_LOOKS), 'narrow and dark');
          note(await walkByKeyboard(page), 'narrow and dark');
          if (takePictures !== undefined) {
            await page.goto(`${gallery.url}${path}`);
            await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
            await takePictures(page, name);
            await look(page, NARROWEST, 'dark');
          }
        }
        expect(troubles).toEqual([]);
        expect(complaints).toEqual([]);
      },
      areTaken ? 1_200_000 : 300_000,
    );
  });
}

async function look(page: Page, size: typeof DESK, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(size);
}

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

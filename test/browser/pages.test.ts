/** What holds for every page, whatever it shows: see `inspect-page.mjs`, in three widths, light and dark. `PICTURES=all` also takes a picture of each. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInBrowser } from '../support/browser.ts';
import { startGallery, type Gallery } from './gallery.ts';
import { inspectPage } from './inspect-page.mjs';
import { pictureFolder, SIZES } from './pictures.ts';

let gallery: Gallery;
beforeAll(async () => {
  gallery = await startGallery();
});
afterAll(() => gallery.close());

describeInBrowser('every page', ({ fresh }) => {
  it('is readable on a phone, in an overlay and on a desk, light and dark, and breaks no rule of its own', async () => {
    const takePictures = process.env['PICTURES'] === 'all' ? pictureFolder('pages') : undefined;
    const { context, complaints } = await fresh();
    const page = await context.newPage();
    const troubles: string[] = [];
    for (const [name, path] of gallery.pages) {
      await page.goto(`${gallery.url}${path}`);
      for (const [at, size] of SIZES.entries()) {
        // Colours do not depend on the width: each scheme is met at least once.
        const colorScheme = at === 1 ? 'dark' : 'light';
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(size);
        const found = await page.evaluate(inspectPage);
        troubles.push(...found.map((trouble) => `${name}, ${size.width}, ${colorScheme}: ${trouble}`));
      }
      await takePictures?.(page, name);
    }
    expect(troubles).toEqual([]);
    expect(complaints).toEqual([]);
  }, 300_000);
});

/**
 * Pictures of the pages, for people to look at: test-output/pictures/<folder>/<name>-<width>-<light|dark>.png. Each size in one of
 * the two colour schemes, which takes half the time; with PICTURES=all in both.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '../support/browser.ts';

const ROOT = fileURLToPath(new URL('../../test-output/pictures/', import.meta.url));

/** A desk, ShotGrid's overlay, a phone. */
export const SIZES = [
  { width: 1280, height: 800 },
  { width: 900, height: 640 },
  { width: 390, height: 844 },
] as const;

type Size = { readonly width: number; readonly height: number };

/** Pixels; of 300 rows the first will do. */
const TALLEST = 2000;

export type TakePictures = (page: Page, name: string) => Promise<void>;

/** Empties the folder; pictures are of one run of the tests. */
export function pictureFolder(folder: string, sizes: readonly Size[] = SIZES): TakePictures {
  const path = join(ROOT, folder);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return async function takePictures(page, name) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const size of sizes.filter((_, at) => isTaken(at, colorScheme, sizes.length))) {
        await page.setViewportSize(size);
        // A window as high as the page: what sticks to its lower edge is then where a reader meets it.
        const height = await page.evaluate('document.documentElement.scrollHeight');
        await page.setViewportSize({ ...size, height: Math.min(Math.max(size.height, Number(height)), TALLEST) });
        await page.screenshot({ path: join(path, `${name}-${size.width}-${colorScheme}.png`) });
      }
    }
    await page.setViewportSize(SIZES[0]);
    await page.emulateMedia({ colorScheme: 'light' });
  };
}

function isTaken(at: number, colorScheme: 'light' | 'dark', sizes: number): boolean {
  return process.env['PICTURES'] === 'all' || sizes === 1 || (at % 2 === 0) === (colorScheme === 'light');
}

/** Whether the site's menu items are what the action files say. */
import { count } from './configuration-check.ts';
import type { Look } from './look.ts';
import { ok, skipped, warning, type Check } from './report.ts';
import { scriptCheck } from './site-check.ts';

/** One line for each difference; none when the site is as the files say. */
export type ReadDrift = (signal: AbortSignal) => Promise<readonly string[]>;

export function menuCheck(look: Look, readDrift: ReadDrift | undefined): Check {
  const check = {
    id: 'menu',
    title: 'Menu items',
    async run(signal: AbortSignal) {
      if (readDrift === undefined) return skipped('Not compared with the action files here.');
      const differences = await readDrift(signal);
      if (differences.length === 0) return ok('The site’s menu items are what the action files say.');
      return warning(
        `${count(differences.length, 'difference')} between the site’s menu items and the action files.`,
        'See "understudy menu plan", then "understudy menu apply".',
        differences,
      );
    },
  };
  return scriptCheck(look, check, ['PUBLIC_URL', 'ACTIONS_DIR']);
}

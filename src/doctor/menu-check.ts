/** Whether the site's menu items are what the action files say. */
import { count } from './configuration-check.ts';
import { checkWith, type Look } from './look.ts';
import { ok, skipped, warning, type Check } from './report.ts';

/** One line for each difference; none when the site is as the files say. */
export type ReadDrift = (signal: AbortSignal) => Promise<readonly string[]>;

export function menuCheck(look: Look, readDrift: ReadDrift | undefined): Check {
  const needs = ['PUBLIC_URL', 'SHOTGRID_URL', 'SHOTGRID_SCRIPT_NAME', 'SHOTGRID_SCRIPT_KEY', 'ACTIONS_DIR'] as const;
  return checkWith(look, needs, {
    id: 'menu',
    title: 'Menu items',
    async run(signal) {
      if (readDrift === undefined) return skipped('Not compared with the action files here.');
      const differences = await readDrift(signal);
      if (differences.length === 0) return ok('The site’s menu items are what the action files say.');
      return warning(
        `${count(differences.length, 'difference')} between the site’s menu items and the action files.`,
        'See "understudy menu plan", then "understudy menu apply".',
        differences,
      );
    },
  });
}

/** Whether the site's menu items are what the action files say. */
import { ActionFilesError } from '../actions/errors.ts';
import type { MenuChange } from '../menu/plan.ts';
import { isDrifted, readPlan, type PlannedMenu } from '../menu/read-plan.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import { count } from './configuration-check.ts';
import type { Look } from './look.ts';
import { ok, skipped, warning, type Check } from './report.ts';
import { scriptCheck } from './site-check.ts';

export function menuCheck(look: Look): Check {
  const { publicUrl, ami, actionsDir } = look.config;
  const check = {
    id: 'menu',
    title: 'Menu items',
    async run(signal: AbortSignal) {
      const script = look.site().asScript();
      const reading: Pick<ShotgridClient, 'search' | 'fields'> = {
        search: (type, options) => script.search(type, { ...options, signal }),
        fields: (type, projectId) => script.fields(type, projectId, { signal }),
      };
      const source = { publicUrl, algorithm: ami.algorithm, tokensFile: ami.tokensFile, actionsDir, script: reading };
      try {
        return judge(await readPlan(source, look.now()));
      } catch (error) {
        if (!(error instanceof ActionFilesError)) throw error;
        return skipped('Not compared: the folder of action files cannot be read.');
      }
    },
  };
  return scriptCheck(look, check, ['PUBLIC_URL', 'ACTIONS_DIR', 'AMI_SIGNATURE_ALGORITHM']);
}

function judge(planned: PlannedMenu) {
  const { plan, rotations } = planned;
  const { unchanged, changes, problems, byHand } = plan;
  // What is wrong with files is told by the check of the files.
  if (!isDrifted({ ...planned, fileProblems: [] })) {
    if (unchanged.length > 0) return ok(`${count(unchanged.length, 'item')} as the action files say.`);
    if (byHand.length > 0) return ok(`${count(byHand.length, 'item')} made by hand; no action file says how it looks.`);
    return warning(
      'No menu item of the site leads here, so nobody can click.',
      'Make one: give an action file a menu section and run "understudy menu apply", or type the item in.',
    );
  }
  const details = [
    ...changes.map(changeLine),
    ...problems.map(({ action, message, remedy }) => `! ${action}: ${message}. ${remedy}`),
    ...rotations
      .filter(({ isOver }) => isOver)
      .map(({ action }) => `! ${action}: the old token is refused by now, and its items are still there`),
  ];
  return warning(
    `${count(details.length, 'difference')} between the site’s menu items and the action files.`,
    'See "understudy menu plan", then "understudy menu apply" (and "prune" for what nobody asks for any more).',
    details,
  );
}

const SIGNS = { create: '+', update: '~', retire: '-' } as const;

function changeLine(change: MenuChange): string {
  const fields = change.kind === 'update' ? `: ${change.fields.map(({ label }) => label).join(', ')}` : '';
  return `${SIGNS[change.kind]} ${change.title} (${change.action}, ${change.entityType ?? 'every type'})${fields}`;
}

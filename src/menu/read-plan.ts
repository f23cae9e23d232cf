/** Reads what a plan is made of, action files on one side and the site on the other, and makes it. */
import { loadCatalogue } from '../actions/catalogue.ts';
import type { ActionDefinition } from '../actions/definition.ts';
import { ActionFilesError } from '../actions/errors.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import { planMenu, type MenuPlan } from './plan.ts';
import { readSiteFacts, type SiteFacts } from './site-facts.ts';
import { rotatingActions, type Rotation, type TokensState } from './tokens.ts';
import { readTokensFile } from './tokens-file.ts';

export type PlannedMenu = {
  readonly plan: MenuPlan;
  readonly site: SiteFacts;
  /** What is wrong with action files; the others are planned all the same. */
  readonly fileProblems: readonly string[];
  readonly rotations: readonly { readonly action: string; readonly rotation: Rotation; readonly isOver: boolean }[];
};

export type PlanSource = {
  readonly publicUrl: string;
  /** What items sign with unless their action says otherwise. */
  readonly algorithm: 'sha1' | 'sha256';
  readonly tokensFile: string | undefined;
  readonly actionsDir: string;
  readonly script: Pick<ShotgridClient, 'search' | 'fields'>;
};

/** @throws ActionFilesError for a folder that cannot be read, TokensUnavailableError, and what the site's client throws. */
export async function readPlan(source: PlanSource, now: Date): Promise<PlannedMenu> {
  const { actions, broken, problems } = await readActions(source.actionsDir);
  const tokens: TokensState = source.tokensFile === undefined ? new Map() : await readTokensFile(source.tokensFile);
  const site = await readSiteFacts(source.script);
  const { publicUrl, algorithm } = source;
  const rotating = rotatingActions(tokens);
  const rotations = rotating.flatMap((action) => {
    const rotation = tokens.get(action)?.rotation;
    return rotation === undefined ? [] : [{ action, rotation, isOver: (rotation.until ?? now) < now }];
  });
  return {
    plan: planMenu({ publicUrl, algorithm, actions, broken, rotating, site }),
    site,
    fileProblems: problems,
    rotations,
  };
}

/** Whether somebody has to do something for the site to be as the files say. */
export function isDrifted({ plan, fileProblems, rotations }: PlannedMenu): boolean {
  return plan.changes.length + plan.problems.length + fileProblems.length > 0 || rotations.some(({ isOver }) => isOver);
}

/** Every file that can be used, and the names of those that cannot: their items must not look as if nobody wanted them. */
async function readActions(folder: string): Promise<{
  readonly actions: readonly ActionDefinition[];
  readonly broken: readonly string[];
  readonly problems: readonly string[];
}> {
  const good = new Map<string, ActionDefinition>();
  try {
    await loadCatalogue(folder, (action) => {
      if (!good.has(action.id)) good.set(action.id, action);
      return [];
    });
    return { actions: [...good.values()], broken: [], problems: [] };
  } catch (error) {
    if (!(error instanceof ActionFilesError)) throw error;
    const named = error.problems.map((problem) => /^([^:/\\]+)\.(?:ya?ml|ts): /i.exec(problem)?.[1]);
    // The folder itself.
    if (named.includes(undefined)) throw error;
    const broken = [...new Set(named.flatMap((name) => (name === undefined || good.has(name) ? [] : [name])))];
    return { actions: [...good.values()], broken, problems: error.problems };
  }
}

/** The plan that all `menu` commands begin with: action files on one side, the site on the other. */
import { loadCatalogue } from '../actions/catalogue.ts';
import type { ActionDefinition } from '../actions/definition.ts';
import { ActionFilesError } from '../actions/errors.ts';
import { planMenu, type MenuPlan } from '../menu/plan.ts';
import { readSiteFacts, type SiteFacts } from '../menu/site-facts.ts';
import { rotatingActions, type Rotation, type TokensState } from '../menu/tokens.ts';
import { readTokensFile } from '../menu/tokens-file.ts';
import { MenuInputError, type MenuSettings } from './menu-deps.ts';

export type PlannedMenu = {
  readonly plan: MenuPlan;
  readonly site: SiteFacts;
  /** What is wrong with action files; the others are planned all the same. */
  readonly fileProblems: readonly string[];
  readonly rotations: readonly { readonly action: string; readonly rotation: Rotation; readonly isOver: boolean }[];
};

/** @throws MenuInputError, TokensUnavailableError, and what the site's client throws. */
export async function makePlan(settings: MenuSettings, now: Date): Promise<PlannedMenu> {
  const { actions, broken, problems } = await readActions(settings.actionsDir);
  const tokens: TokensState = settings.tokensFile === undefined ? new Map() : await readTokensFile(settings.tokensFile);
  const site = await readSiteFacts(settings.shotgrid.asScript());
  const { publicUrl, algorithm } = settings;
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
    if (named.includes(undefined)) throw new MenuInputError(error.problems);
    const broken = [...new Set(named.flatMap((name) => (name === undefined || good.has(name) ? [] : [name])))];
    return { actions: [...good.values()], broken, problems: error.problems };
  }
}

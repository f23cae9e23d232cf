/** The plan that all `menu` commands begin with. */
import { ActionFilesError } from '../actions/errors.ts';
import { readPlan, type PlannedMenu } from '../menu/read-plan.ts';
import { MenuInputError, type MenuSettings } from './menu-deps.ts';

/** @throws MenuInputError, TokensUnavailableError, and what the site's client throws. */
export async function makePlan(settings: MenuSettings, now: Date): Promise<PlannedMenu> {
  try {
    return await readPlan({ ...settings, script: settings.shotgrid.asScript() }, now);
  } catch (error) {
    if (!(error instanceof ActionFilesError)) throw error;
    throw new MenuInputError(error.problems);
  }
}

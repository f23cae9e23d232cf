/** What the `menu` commands say when they could not do what they were asked to. */
import { ServiceError } from '../errors.ts';
import { describeFailure } from './audit-failure.ts';
import { COULD_NOT, MenuInputError, type MenuCommandDeps, type MenuOptions } from './menu-deps.ts';

/** Runs a command; whatever it could not do is said in its own words, with the remedy, and has an exit code of its own. */
export async function orSay(deps: MenuCommandDeps, { json }: MenuOptions, command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const { code, message } = describeFailure(error);
    const remedy = error instanceof ServiceError ? error.remedy : '';
    if (json === true) deps.print(JSON.stringify({ error: { code, message, remedy } }));
    else if (error instanceof MenuInputError) for (const problem of error.problems) deps.printError(problem);
    else deps.printError(`not done: ${message} ${remedy}`.trimEnd());
    deps.setExitCode(COULD_NOT);
  }
}

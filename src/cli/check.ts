/** `understudy check`: would the server start? Reads the environment and the action files, and asks nobody. */
import { Command } from 'commander';
import { loadCatalogue } from '../actions/catalogue.ts';
import { ActionFilesError } from '../actions/errors.ts';
import { secretTokenProblems } from '../actions/secret-tokens.ts';
import { ConfigError, parseConfig, type Config, type Environment, type Secrets } from '../config/config.ts';

export type CheckCommandDeps = {
  readonly env: Environment;
  /** Reads a `<NAME>_FILE`; may throw. */
  readonly readFile: (path: string) => string;
  /** Prints one line of the answer. */
  readonly print: (line: string) => void;
  /** Prints one line of trouble. */
  readonly printError: (line: string) => void;
  readonly setExitCode: (code: number) => void;
};

const PROBLEMS = 1;

/** The `check` command, to be added to a program. */
export function checkCommand(deps: CheckCommandDeps): Command {
  return new Command('check')
    .description('read the configuration and the action files and print every problem; exit code 0 none, 1 some')
    .action(() => check(deps));
}

/** Both are read whatever the other is like, so that one look is enough. */
async function check(deps: CheckCommandDeps): Promise<void> {
  const parsed = readConfig(deps);
  if (parsed instanceof ConfigError) report(deps, parsed);
  else deps.print('configuration: no problems');

  const folder = parsed instanceof ConfigError ? (deps.env['ACTIONS_DIR'] ?? './actions') : parsed.config.actionsDir;
  const variables = parsed instanceof ConfigError ? given(deps.env) : parsed.secrets.amiSecretTokensByName;
  try {
    const actions = (await loadCatalogue(folder, secretTokenProblems(variables))).all();
    deps.print(`actions: no problems in ${actions.length} (${actions.map(({ id }) => id).join(', ') || 'none'})`);
  } catch (error) {
    if (!(error instanceof ActionFilesError)) throw error;
    report(deps, error);
  }
}

function readConfig({ env, readFile }: CheckCommandDeps): { config: Config; secrets: Secrets } | ConfigError {
  try {
    return parseConfig(env, readFile);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** The variables that are set somehow: what is wrong with them is told already. */
function given(env: Environment): { readonly has: (name: string) => boolean } {
  return { has: (name) => [name, `${name}_FILE`].some((variable) => (env[variable] ?? '') !== '') };
}

function report({ printError, setExitCode }: CheckCommandDeps, error: ConfigError | ActionFilesError): void {
  printError(error.message);
  setExitCode(PROBLEMS);
}

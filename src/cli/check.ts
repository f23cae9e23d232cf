/** `understudy check`: would the server start? Reads the environment and the action files, and asks nobody. */
import { Command } from 'commander';
import { loadCatalogue } from '../actions/catalogue.ts';
import { ActionFilesError } from '../actions/errors.ts';
import { setUpProblems } from '../actions/set-up-problems.ts';
import { ConfigError, type Environment } from '../config/config.ts';
import { exampleEnvironment } from '../config/example.ts';
import { inspectConfig } from '../config/inspect.ts';
import { presumed } from '../doctor/presumed.ts';

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
    .option('--example', 'print an example of an environment file instead, with every variable and its meaning')
    .action((options: { readonly example?: boolean }) =>
      options.example === true ? deps.print(exampleEnvironment().trimEnd()) : check(deps),
    );
}

/** Both are read whatever the other is like, so that one look is enough. */
async function check(deps: CheckCommandDeps): Promise<void> {
  const inspected = inspectConfig(deps.env, deps.readFile);
  const { config, problems, effectless } = inspected;
  if (problems.length > 0) report(deps, new ConfigError(problems));
  else deps.print('configuration: no problems');
  for (const name of effectless) deps.printError(`note: ${name} is no variable of this server, and has no effect`);

  const { setUp, secrets } = presumed(inspected);
  try {
    const actions = (await loadCatalogue(config.actionsDir, setUpProblems(setUp, secrets))).all();
    deps.print(`actions: no problems in ${actions.length} (${actions.map(({ id }) => id).join(', ') || 'none'})`);
  } catch (error) {
    if (!(error instanceof ActionFilesError)) throw error;
    report(deps, error);
  }
}

function report({ printError, setExitCode }: CheckCommandDeps, error: ConfigError | ActionFilesError): void {
  printError(error.message);
  setExitCode(PROBLEMS);
}

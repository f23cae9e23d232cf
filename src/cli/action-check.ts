/** `understudy action check`: every problem of every action file, with file and line; needs no configuration and asks nobody. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadCatalogue } from '../actions/catalogue.ts';
import type { ActionDefinition } from '../actions/definition.ts';
import { ActionFilesError } from '../actions/errors.ts';
import { COULD_NOT, defaultFolder, PROBLEMS, type ActionCommandDeps } from './action-deps.ts';

type Options = { readonly dir: string; readonly json?: boolean };

type Problem = { readonly file: string; readonly line: number | undefined; readonly message: string };

export function actionCheckCommand(deps: ActionCommandDeps): Command {
  return new Command('check')
    .description('read all action files and print every problem')
    .option('--dir <folder>', 'the folder of action files', defaultFolder(deps.env))
    .option('--json', 'print the answer as one JSON object')
    .addHelpText(
      'after',
      '\nVariables that the server needs for an action, and that are not set here, are warnings.\nExit codes: 0 no problems; 1 some; 2 could not check.',
    )
    .exitOverride()
    .action((options: Options) => check(deps, options));
}

async function check(deps: ActionCommandDeps, { dir, json }: Options): Promise<void> {
  if (!(await isFolder(dir))) {
    deps.printError(`${dir} is no folder that can be read`);
    deps.setExitCode(COULD_NOT);
    return;
  }
  const good: ActionDefinition[] = [];
  const problems = await problemsIn(dir, good);
  const warnings = missingVariables(good, deps.env);
  if (problems.length > 0) deps.setExitCode(PROBLEMS);
  if (json === true) {
    const actions = good.map(({ id, kind, title }) => ({ id, kind, title }));
    deps.print(JSON.stringify({ actions, problems, warnings }));
    return;
  }
  for (const { file, line, message } of problems) {
    deps.printError(`${file}${line === undefined ? '' : `:${line}`}: ${message}`);
  }
  for (const { variable, actions } of warnings) {
    deps.printError(`warning: set ${variable} for the server; ${actions.join(', ')} will not work without it`);
  }
  const names = good.map(({ id }) => id).join(', ') || 'none';
  deps.print(
    problems.length === 0
      ? `no problems in ${good.length} action${good.length === 1 ? '' : 's'} (${names})`
      : `${problems.length} problem${problems.length === 1 ? '' : 's'}; without any: ${names}`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return readdir(path).then(
    () => true,
    () => false,
  );
}

/** @param good - Gets the actions that have none. */
async function problemsIn(dir: string, good: ActionDefinition[]): Promise<readonly Problem[]> {
  try {
    await loadCatalogue(dir, (action) => {
      good.push(action);
      return [];
    });
    return [];
  } catch (error) {
    if (!(error instanceof ActionFilesError)) throw error;
    return error.problems.map((problem) => toProblem(dir, problem));
  }
}

/** `approve.yml: line 3: title: …` */
function toProblem(dir: string, problem: string): Problem {
  const [, name, line, message] = /^([^:/\\]+\.(?:ya?ml|ts)): (?:line (\d+): )?(.*)$/is.exec(problem) ?? [];
  if (name === undefined || message === undefined) return { file: dir, line: undefined, message: problem };
  return { file: join(dir, name), line: line === undefined ? undefined : Number(line), message };
}

/** What the files name and this environment lacks: it may well be set where the server runs. */
function missingVariables(
  actions: readonly ActionDefinition[],
  env: ActionCommandDeps['env'],
): readonly { readonly variable: string; readonly actions: readonly string[] }[] {
  const needs = actions.flatMap(({ id, secretTokensVariable, remote }) =>
    [secretTokensVariable, remote?.secretVariable]
      .filter((variable) => variable !== undefined)
      .filter((variable) => [variable, `${variable}_FILE`].every((name) => (env[name] ?? '') === ''))
      .map((variable) => ({ variable, id })),
  );
  return [...Map.groupBy(needs, ({ variable }) => variable)].map(([variable, all]) => ({
    variable,
    actions: all.map(({ id }) => id),
  }));
}

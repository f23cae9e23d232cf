/** `understudy action try`: what an action would do with a recorded click, shown in the terminal; with `--apply`, done to the stand-in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadCatalogue } from '../actions/catalogue.ts';
import type { ActionDefinition } from '../actions/definition.ts';
import { ActionFilesError, ActionUnknownError } from '../actions/errors.ts';
import { RemoteAnswerError, RemoteUnavailableError } from '../actions/remote/errors.ts';
import { didYouMean } from '../spelling.ts';
import { ServiceError } from '../errors.ts';
import { ActionFailedError } from '../runs/errors.ts';
import { ShotgridUnavailableError } from '../shotgrid/errors.ts';
import { COULD_NOT, defaultFolder, PROBLEMS, type ActionCommandDeps } from './action-deps.ts';
import { variableFrom } from './database-url.ts';
import { plain } from './text-table.ts';
import type { TrialResult } from './try-action.ts';
import { identityOf, readClick, readFacts, TryInputError } from './try-inputs.ts';
import type { Me } from './try-self.ts';

type Options = {
  readonly payload: string;
  readonly as?: string;
  readonly asMe?: boolean;
  readonly form: Readonly<Record<string, readonly string[]>>;
  readonly dir: string;
  readonly facts: string;
  readonly apply?: boolean;
  readonly json?: boolean;
};

const NOT_ALL_DONE = 3;

export function actionTryCommand(deps: ActionCommandDeps): Command {
  const facts = join(deps.env['DEMO_DIRECTORY'] ?? '.demo', 'facts.json');
  return new Command('try')
    .description('plan an action on a recorded click, as a person of the studio in a box ("npm run demo")')
    .argument('<id>', 'the action: its file’s name without the ending')
    .requiredOption('--payload <file>', 'the click, as the studio’s page saves it with "Record clicks"')
    .option('--as <login>', 'who clicks, whoever did when it was recorded')
    .option('--as-me', 'the same as whoever is signed in there with "understudy login", by their own session')
    .option('--form <name=value>', 'answer a field of the form; again for more', answer, {})
    .option('--apply', 'also perform it on the studio in a box')
    .option('--dir <folder>', 'the folder of action files', defaultFolder(deps.env))
    .option('--facts <file>', 'what the running studio wrote about itself', facts)
    .option('--json', 'print the answer as one JSON object')
    .addHelpText(
      'after',
      `
Exit codes: 0 planned, and with --apply every row done or so already; 1 refused, by the action, the rules or ShotGrid;
2 could not try; 3 performed, but some rows were refused, failed or are unknown.`,
    )
    .exitOverride()
    .action((id: string, options: Options) => run(deps, id, options));
}

/** `name=value`, collected: one name may have several values. */
function answer(text: string, before: Options['form']): Options['form'] {
  const equals = text.indexOf('=');
  // A name that no form can have: the refusal then names it.
  const [name, value] = equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
  const known = Object.hasOwn(before, name) ? before[name] : undefined;
  return Object.assign(Object.create(null) as Record<string, readonly string[]>, before, {
    [name]: [...(known ?? []), value],
  });
}

async function run(deps: ActionCommandDeps, id: string, options: Options): Promise<void> {
  try {
    const facts = await readFacts(options.facts);
    const click = await readClick(options.payload);
    const me = options.asMe === true ? await (await import('./try-self.ts')).whoTries(deps.machine, facts) : undefined;
    const identity = identityOf(facts, loginOf(options, me));
    const action = await findAction(options.dir, id);
    const remoteSecrets = secretsOf(action, deps.env);
    warn(deps, action);
    const isApplied = options.apply === true;
    // Half of the server is behind it, and the commands beside this one need none of that.
    const [{ tryAction }, { trialLines }] = await Promise.all([import('./try-action.ts'), import('./try-text.ts')]);
    const trial = { facts, action, click, identity, form: options.form, remoteSecrets, isApplied, own: me?.own };
    const result = await tryAction(trial);
    if (options.json === true) deps.print(JSON.stringify(jsonOf(action, result)));
    else for (const line of trialLines(action, result)) deps.print(line);
    if (!isAllDone(result)) deps.setExitCode(NOT_ALL_DONE);
  } catch (error) {
    tell(deps, error, options);
  }
}

function loginOf({ as, asMe }: Options, me: Me | undefined): string {
  if ((as === undefined) !== (asMe === true))
    throw new TryInputError('Say who clicks: either --as <login> or --as-me.');
  return me?.login ?? as ?? '';
}

async function findAction(dir: string, id: string): Promise<ActionDefinition> {
  const good: ActionDefinition[] = [];
  let problems: readonly string[] = [];
  try {
    await loadCatalogue(dir, (action) => {
      good.push(action);
      return [];
    });
  } catch (error) {
    if (!(error instanceof ActionFilesError)) throw error;
    ({ problems } = error);
  }
  // Other files may be as broken as they like.
  const action = good.find((candidate) => candidate.id === id);
  if (action !== undefined) return action;
  const own = problems.filter((problem) => problem.startsWith(`${id}.`));
  if (own.length > 0) throw new TryInputError(own.map((problem) => join(dir, problem)).join('\n'));
  const ids = good.map((candidate) => candidate.id);
  throw new TryInputError(`${dir} has no action "${id}"${didYouMean(id, ids)}: ${ids.join(', ') || 'none'}.`);
}

function secretsOf({ remote }: ActionDefinition, env: ActionCommandDeps['env']): readonly string[] {
  if (remote === undefined) return [];
  const name = remote.secretVariable;
  const value = variableFrom(name, env, (path) => readFileSync(path, 'utf8')) ?? '';
  const secrets = value
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  if (secrets.length > 0) return secrets;
  throw new TryInputError(`Set ${name} to the secret that ${remote.origin} has too: without it nothing can be asked.`);
}

function warn(deps: ActionCommandDeps, { proof }: ActionDefinition): void {
  if (proof === undefined) return;
  deps.printError('warning: only a server can prove to another service who the person is; this command gives no proof');
}

function isAllDone({ run: performed }: TrialResult): boolean {
  return performed?.rows.every(({ progress }) => progress === 'done' || progress === 'already_so') ?? true;
}

/** Part of the contract, as the exit codes are. */
function jsonOf(action: ActionDefinition, { actor, plan, permissions, run: performed }: TrialResult) {
  return {
    action: { id: action.id, title: action.title, kind: action.kind },
    person: { id: actor.id, login: actor.login, name: actor.name },
    changes: plan.changes.map((change, position) => {
      const row = performed?.rows.find((candidate) => candidate.position === position);
      return {
        ...change,
        ...permissions.rows[position],
        ...(row === undefined ? {} : { outcome: row.progress, detail: row.detail, createdId: row.createdId }),
      };
    }),
    untouched: plan.untouched,
    report: plan.report,
    permissions: permissions.counts,
    run: performed === undefined ? undefined : { status: performed.status },
  };
}

function tell(deps: ActionCommandDeps, error: unknown, { json, facts }: Options): void {
  const told = describe(error, facts);
  deps.setExitCode(told.exitCode);
  if (json === true) {
    const { code, message, remedy, details } = told;
    deps.print(JSON.stringify({ error: { code, message, remedy, details } }));
    return;
  }
  deps.printError(told.exitCode === PROBLEMS ? `refused: ${told.message} (${told.code})` : told.message);
  for (const detail of told.details) deps.printError(`  ${detail}`);
  if (told.remedy !== undefined) deps.printError(told.remedy);
}

type Told = {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly details: readonly string[];
};

/** The author is told everything, also what a person at the page is not. */
function describe(error: unknown, facts: string): Told {
  if (error instanceof TryInputError || error instanceof ActionUnknownError) {
    return { exitCode: COULD_NOT, code: 'input', message: error.message, details: [] };
  }
  if (error instanceof ShotgridUnavailableError) {
    const message = `The studio of ${facts} does not answer. Start it with "npm run demo" and leave it running.`;
    return { exitCode: COULD_NOT, code: error.code, message, details: [] };
  }
  if (!(error instanceof ServiceError)) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { exitCode: COULD_NOT, code: 'unexpected', message, details: [] };
  }
  const { code, message } = error;
  const remedy = error instanceof ActionFailedError ? 'Mend the action where its code broke.' : error.remedy;
  return { exitCode: PROBLEMS, code, message, remedy, details: detailsOf(error).map(plain) };
}

function detailsOf(error: ServiceError): readonly string[] {
  if (error instanceof RemoteAnswerError) return error.problems;
  if (error instanceof RemoteUnavailableError) {
    return [error.diagnosis === undefined ? error.reason : `${error.reason}: ${error.diagnosis}`];
  }
  // Where the action's own code broke.
  return error.cause instanceof Error ? (error.cause.stack ?? error.cause.message).split('\n').slice(0, 4) : [];
}

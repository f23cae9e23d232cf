/** `understudy menu rotate`: another secret token for the items of an action, without a click lost. */
import { InvalidArgumentError, type Command } from 'commander';
import { menuTokenChanged } from '../audit/events/menu-items.ts';
import { RotateError, rotateToken, type RotateResult, type RotateStep } from '../menu/rotate.ts';
import { readTokensFile, updateTokensFile } from '../menu/tokens-file.ts';
import {
  COULD_NOT,
  MenuInputError,
  menuSettings,
  writingSubcommand,
  type MenuCommandDeps,
  type MenuOptions,
} from './menu-deps.ts';
import { orSay } from './menu-failure.ts';
import { openRecorder } from './menu-record.ts';
import { plain } from './text-table.ts';

type Options = MenuOptions & { readonly overlap: number; readonly finish?: boolean };

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY_MS = 86_400_000;
const LONGEST_MS = 90 * DAY_MS;

export function rotateCommand(deps: MenuCommandDeps): Command {
  return writingSubcommand(
    'rotate',
    'give the menu items of an action a new secret token, in steps that can be gone on with',
  )
    .argument('<action>', 'the last part of its URL')
    .option('--overlap <time>', 'how long old and new items both work: 90s, 30m, 24h, 7d', parseTime, DAY_MS)
    .option('--finish', 'retire the old items and drop the old token now')
    .addHelpText(
      'after',
      `
Run it once: new items stand beside the old ones, and both work. Run it again when the time is over, or before with
--finish: the old items are retired, then the old token is dropped. Killed in between, it goes on where it was.
Exit codes: 0 done, or nothing to do yet; 2 not done, run it again.`,
    )
    .action((action: string, options: Options) => orSay(deps, options, () => rotate(deps, action, options)));
}

async function rotate(deps: MenuCommandDeps, action: string, options: Options): Promise<void> {
  const settings = menuSettings(deps);
  const { tokensFile, publicUrl, maxAgeSeconds, scriptName } = settings;
  const say = (line: string): void => (options.json === true ? undefined : deps.print(line));
  const steps: RotateStep[] = [];
  try {
    if (tokensFile === undefined) {
      throw new MenuInputError([
        'Both tokens have to be accepted for a while, and the server learns that from MENU_TOKENS_FILE: set it, for this command and for the server.',
      ]);
    }
    const rotation = (await readTokensFile(tokensFile)).get(action)?.rotation;
    const isWaiting = rotation?.until !== undefined && deps.now() < rotation.until && options.finish !== true;
    if (!isWaiting && !(await isWanted(deps, options, action, rotation !== undefined))) return;

    const recorder = await openRecorder(deps, scriptName, options.as);
    try {
      const result = await rotateToken(
        {
          script: settings.shotgrid.asScript(),
          publicUrl,
          maxAgeSeconds,
          newToken: deps.newToken,
          now: deps.now,
          sleep: deps.sleep,
          tokens: {
            read: () => readTokensFile(tokensFile),
            update: (change) => updateTokensFile(tokensFile, change, deps.now),
          },
          onStep: async (step) => {
            steps.push(step);
            say(stepLine(step));
            await recorder.record((context) => menuTokenChanged(context, auditedStep(step)), action);
          },
        },
        { action, overlapMs: options.overlap, finish: options.finish === true },
      );
      if (options.json === true) deps.print(JSON.stringify({ action, ...result, steps }));
      else say(resultLine(action, result));
    } finally {
      await recorder.close();
    }
  } catch (error) {
    if (!(error instanceof RotateError)) throw error;
    throw new MenuInputError([`${error.message} ${error.remedy}`]);
  } finally {
    await settings.shotgrid.close();
  }
}

async function isWanted(
  deps: MenuCommandDeps,
  options: Options,
  action: string,
  isUnderWay: boolean,
): Promise<boolean> {
  if (options.yes === true) return true;
  if (deps.confirm === undefined || options.json === true) {
    throw new MenuInputError(['Nothing was done: nobody can be asked here. --yes does it without asking.']);
  }
  const question = isUnderWay
    ? `Go on with the change of the token of ${action}?`
    : `Make new items with a new token beside the items of ${action}?`;
  if (await deps.confirm(question)) return true;
  deps.printError('nothing was done');
  deps.setExitCode(COULD_NOT);
  return false;
}

function stepLine(step: RotateStep): string {
  switch (step.step) {
    case 'token_made':
      return 'a new token is in the file; the server accepts both';
    case 'item_made':
      return `item ${step.made} "${plain(step.title)}" stands beside item ${step.old}`;
    case 'both_accepted':
      return `both are accepted until ${step.until.toISOString()}`;
    case 'items_retired':
      return step.items.length === 0 ? 'the old items are gone' : `retired item ${step.items.join(', ')}`;
    case 'token_dropped':
      return step.wasListed
        ? 'the old items were signed with a listed token, which stays accepted: take it out of AMI_SECRET_TOKENS when no item needs it'
        : 'the old token is dropped';
  }
}

function resultLine(action: string, result: RotateResult): string {
  if (result.state === 'finished') return `the token of ${action} is changed`;
  return `run this again after ${result.until.toISOString()}, or with --finish before: it retires the old items`;
}

function auditedStep(step: RotateStep): Parameters<typeof menuTokenChanged>[1] {
  switch (step.step) {
    case 'item_made':
      return { step: step.step, items: [step.old, step.made] };
    case 'both_accepted':
      return { step: step.step, until: step.until.toISOString() };
    case 'items_retired':
      return { step: step.step, items: step.items };
    case 'token_made':
    case 'token_dropped':
      return { step: step.step };
  }
}

function parseTime(text: string): number {
  const [, number, unit = ''] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? NaN);
  if (!(ms <= LONGEST_MS)) throw new InvalidArgumentError('It is no time such as 90s, 30m, 24h or 7d, at most 90d.');
  return ms;
}

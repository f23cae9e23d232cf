/** `understudy menu apply` and `menu prune`: a plan, a question, the changes, and what became of each. */
import type { Command } from 'commander';
import { menuChanged, menuIntended, type AuditedMenuItem } from '../audit/events/menu-items.ts';
import { applyChanges } from '../menu/apply.ts';
import type { MenuChange } from '../menu/plan.ts';
import type { ItemValue } from '../menu/site-item.ts';
import { readTokensFile, updateTokensFile } from '../menu/tokens-file.ts';
import { createItemWriter, type WrittenItem } from '../menu/write-items.ts';
import {
  COULD_NOT,
  DIFFERS,
  MenuInputError,
  menuSettings,
  NOT_ALL_DONE,
  writingSubcommand,
  type MenuCommandDeps,
  type MenuOptions,
  type MenuSettings,
} from './menu-deps.ts';
import { orSay } from './menu-failure.ts';
import { changeJson, planJson } from './menu-json.ts';
import type { PlannedMenu } from '../menu/read-plan.ts';
import { makePlan } from './menu-plan.ts';
import { openRecorder } from './menu-record.ts';
import { planLines, writtenLines } from './menu-text.ts';

type Options = MenuOptions & { readonly printToken?: boolean };
type Act = 'apply' | 'prune';

const EXIT_CODES =
  '\nExit codes: 0 the site is as asked; 1 it is, but for what the plan names as impossible; 2 nothing was done; 3 not all was done.';

export function applyCommand(deps: MenuCommandDeps): Command {
  return writingSubcommand('apply', 'make and change menu items until they are as the action files say; retires none')
    .option('--print-token', 'print new secret tokens once, for a secret manager, instead of keeping them in a file')
    .addHelpText('after', EXIT_CODES)
    .action((options: Options) => orSay(deps, options, () => write(deps, 'apply', options)));
}

export function pruneCommand(deps: MenuCommandDeps): Command {
  return writingSubcommand('prune', 'retire menu items of this server that no action file asks for')
    .addHelpText('after', EXIT_CODES)
    .action((options: Options) => orSay(deps, options, () => write(deps, 'prune', options)));
}

async function write(deps: MenuCommandDeps, act: Act, options: Options): Promise<void> {
  const settings = menuSettings(deps);
  try {
    const planned = await makePlan(settings, deps.now());
    const changes = planned.plan.changes.filter(({ kind }) => (kind === 'retire') === (act === 'prune'));
    const tokens = createTokens(deps, settings, options, changes);
    const { isJson, say } = voice(deps, options);
    for (const line of planLines({ ...planned, plan: { ...planned.plan, changes } }, settings.siteUrl)) say(line);
    if (!(await isWanted(deps, options, changes))) return;

    const written = changes.length === 0 ? [] : await perform(deps, act, settings, planned, changes, options, tokens);
    for (const line of writtenLines(written)) say(line);
    for (const [action, token] of tokens.printed) say(`secret token of ${action}: ${token}`);
    if (tokens.printed.size > 0)
      say('They are shown this once. Clicks are accepted when the server has them in AMI_SECRET_TOKENS.');
    if (isJson) {
      const results = written.map(({ change, outcome, id, detail }) => ({
        ...changeJson(change),
        outcome,
        item: id,
        detail,
      }));
      deps.print(JSON.stringify({ ...planJson(planned), results, tokens: Object.fromEntries(tokens.printed) }));
    }
    deps.setExitCode(exitCode(written, planned));
  } finally {
    await settings.shotgrid.close();
  }
}

async function perform(
  deps: MenuCommandDeps,
  act: Act,
  settings: MenuSettings,
  { site }: PlannedMenu,
  changes: readonly MenuChange[],
  options: Options,
  tokens: Tokens,
): Promise<readonly WrittenItem[]> {
  const recorder = await openRecorder(deps, settings.scriptName, options.as);
  try {
    const items = changes.map(auditedItem);
    await recorder.record((context) => menuIntended(context, { act, items }));
    const writer = createItemWriter(settings.shotgrid.asScript(), {
      fields: [...site.fields.keys()],
      known: new Set(site.items.map(({ id }) => id)),
    });
    const written = await applyChanges(changes, writer, tokens.of);
    await recorder.record((context) =>
      menuChanged(context, {
        act,
        items: written.map(({ change, outcome, id, detail }) => {
          const { kind, action, title, entityType } = change;
          return { kind, action, title, entityType, id, outcome, detail };
        }),
      }),
    );
    return written;
  } finally {
    await recorder.close();
  }
}

/** Nothing to do needs no question. */
async function isWanted(deps: MenuCommandDeps, options: Options, changes: readonly MenuChange[]): Promise<boolean> {
  if (changes.length === 0 || options.yes === true) return true;
  if (deps.confirm === undefined || options.json === true) {
    throw new MenuInputError(['Nothing was done: nobody can be asked here. --yes does it without asking.']);
  }
  if (await deps.confirm(`Do this to ${changes.length} menu item${changes.length === 1 ? '' : 's'}?`)) return true;
  deps.printError('nothing was done');
  deps.setExitCode(COULD_NOT);
  return false;
}

type Tokens = {
  readonly of: (action: string) => Promise<string>;
  /** By action, those that nobody keeps. */
  readonly printed: ReadonlyMap<string, string>;
};

/** @throws MenuInputError when a token would have to be made and there is nowhere to put it. */
function createTokens(
  deps: MenuCommandDeps,
  { tokensFile }: MenuSettings,
  options: Options,
  changes: readonly MenuChange[],
): Tokens {
  const printed = new Map<string, string>();
  if (options.printToken === true) {
    if (tokensFile !== undefined) {
      throw new MenuInputError(['Either MENU_TOKENS_FILE keeps the tokens or --print-token prints them, not both.']);
    }
    const of = (action: string): Promise<string> => {
      const token = printed.get(action) ?? deps.newToken();
      printed.set(action, token);
      return Promise.resolve(token);
    };
    return { of, printed };
  }
  if (tokensFile === undefined) {
    if (changes.some(({ kind }) => kind === 'create')) {
      throw new MenuInputError([
        'New menu items need secret tokens, and there is nowhere to keep them: set MENU_TOKENS_FILE, for this command and for the server, or say --print-token.',
      ]);
    }
    return { of: () => Promise.reject(new TypeError('no token was to be made')), printed };
  }
  return { of: (action) => keptToken(deps, tokensFile, action), printed };
}

/** The newest of the action, or a new one, which is in the file before any item has it. */
async function keptToken({ newToken, now }: MenuCommandDeps, path: string, action: string): Promise<string> {
  const newest = (await readTokensFile(path)).get(action)?.tokens[0];
  if (newest !== undefined && newest.until === undefined) return newest.token;
  const token = newToken();
  await updateTokensFile(
    path,
    (state) => {
      const kept = state.get(action);
      return new Map([...state, [action, { ...kept, tokens: [{ token, made: now() }, ...(kept?.tokens ?? [])] }]]);
    },
    now,
  );
  return token;
}

function voice(
  deps: MenuCommandDeps,
  { json }: Options,
): { readonly isJson: boolean; readonly say: (line: string) => void } {
  return json === true ? { isJson: true, say: () => undefined } : { isJson: false, say: deps.print };
}

function exitCode(written: readonly WrittenItem[], { plan, fileProblems }: PlannedMenu): number {
  if (written.some(({ outcome }) => outcome !== 'done')) return NOT_ALL_DONE;
  return plan.problems.length + fileProblems.length > 0 ? DIFFERS : 0;
}

function auditedItem(change: MenuChange): AuditedMenuItem {
  const { kind, action, title, entityType } = change;
  return {
    kind,
    action,
    title,
    entityType,
    id: kind === 'create' ? undefined : change.id,
    fields: change.fields.map(({ field, before, after }) => ({
      field,
      before: auditValue(before),
      after: auditValue(after),
    })),
  };
}

function auditValue(
  value: ItemValue,
): string | number | boolean | null | readonly { type: string; id: number; name: string }[] {
  if (!Array.isArray(value)) return value as string | number | boolean | null;
  const links = value as readonly { readonly type: string; readonly id: number; readonly name: string | undefined }[];
  return links.map(({ type, id, name = '' }) => ({ type, id, name }));
}

/** `understudy action new`: a small file that works, to be changed into what is wanted. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { COULD_NOT, defaultFolder, type ActionCommandDeps } from './action-deps.ts';
import { scaffold, SCAFFOLD_KINDS, type ScaffoldKind } from './action-scaffold.ts';

type Options = { readonly kind: ScaffoldKind; readonly dir: string };

/** As the catalogue insists: the last part of the menu item's URL. */
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

export function actionNewCommand(deps: ActionCommandDeps): Command {
  return new Command('new')
    .description('write a new action file that works as it is; never over another')
    .argument('<name>', 'the last part of its menu item’s URL: lower-case letters, digits and hyphens')
    .addOption(new Option('--kind <kind>', 'how it is written').choices(SCAFFOLD_KINDS).makeOptionMandatory())
    .option('--dir <folder>', 'the folder of action files', defaultFolder(deps.env))
    .addHelpText('after', '\nExit codes: 0 written; 2 not written.')
    .exitOverride()
    .action((name: string, options: Options) => create(deps, name, options));
}

async function create(deps: ActionCommandDeps, name: string, { kind, dir }: Options): Promise<void> {
  const problem = problemWith(name) ?? (await findTwin(dir, name));
  if (problem !== undefined) {
    deps.printError(problem);
    deps.setExitCode(COULD_NOT);
    return;
  }
  const { ending, text, next } = scaffold(kind, name);
  const path = join(dir, `${name}.${ending}`);
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    deps.printError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    deps.setExitCode(COULD_NOT);
    return;
  }
  deps.print(`${path} is written. What now:`);
  for (const line of next(dir)) deps.print(`  ${line}`);
}

function problemWith(name: string): string | undefined {
  if (NAME.test(name)) return undefined;
  const better = name
    .normalize('NFKD')
    .replace(/\.(ya?ml|ts)$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
  const hint = NAME.test(better) ? ` "${better}" would do.` : '';
  return `The name of an action is 1 to 64 lower-case letters, digits and hyphens, and begins with no hyphen.${hint}`;
}

/** Another file of this name would define the same action, whatever its ending. */
async function findTwin(dir: string, name: string): Promise<string | undefined> {
  const files = await readdir(dir).catch(() => []);
  const twin = files.find((file) => ['yml', 'yaml', 'ts'].some((ending) => file.toLowerCase() === `${name}.${ending}`));
  return twin === undefined ? undefined : `${join(dir, twin)} is there already, and defines the action "${name}".`;
}

/**
 * The actions of one folder, by id. The first loading is all or nothing: every problem of every file is told at once. Later a
 * file that is changed is read anew, and one that is broken by the change keeps its last good action and is named.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionDefinition } from './definition.ts';
import { ActionFilesError, ActionUnknownError } from './errors.ts';
import { loadTypescriptAction } from './typescript/load.ts';
import { parseYamlAction } from './yaml/file.ts';

export type Catalogue = {
  /** @throws {@link ActionUnknownError} for any name that is no action, however it is spelled. */
  get(id: string): ActionDefinition;
  all(): readonly ActionDefinition[];
  /** What is wrong with the files now, as `file: line N: …`; their last good actions are still served. */
  problems(): readonly string[];
  /** Reads what has changed since the last time; true when something had. */
  refresh(): Promise<boolean>;
};

/** One file as last seen. `action` is its last good one. */
type Entry = {
  readonly version: string;
  readonly action: ActionDefinition | undefined;
  readonly problems: readonly string[];
};

const FILE_NAME = /^([a-z0-9][a-z0-9-]{0,63})\.(ya?ml|ts)$/;

/**
 * Reads every `*.yml` and `*.ts` of a folder.
 *
 * @param check - More that must hold of an action before it is served; its problems count as the file's.
 * @throws {@link ActionFilesError} that names file, line and remedy of every problem.
 */
export async function loadCatalogue(
  folder: string,
  check: (action: ActionDefinition) => readonly string[] = () => [],
): Promise<Catalogue> {
  let entries: ReadonlyMap<string, Entry> = new Map();
  let actions: ReadonlyMap<string, ActionDefinition> = new Map();

  async function refresh(): Promise<boolean> {
    const next = new Map<string, Entry>();
    for (const name of await listFolder(folder)) {
      const known = entries.get(name);
      const version = await versionOf(join(folder, name));
      if (version === undefined) continue;
      next.set(name, known?.version === version ? known : await readEntry(folder, name, version, known, check));
    }
    const isChanged = next.size !== entries.size || [...next].some(([name, entry]) => entries.get(name) !== entry);
    if (!isChanged) return false;
    entries = refuseTwins(next);
    // A Map: names such as "constructor" or "../approve" find nothing.
    actions = new Map(
      [...entries.values()].flatMap(({ action }) => (action === undefined ? [] : [[action.id, action]])),
    );
    return true;
  }

  const problems = (): readonly string[] =>
    [...entries].flatMap(([name, entry]) => entry.problems.map((problem) => `${name}: ${problem}`));

  await refresh();
  if (problems().length > 0) throw new ActionFilesError(problems());
  return {
    get(id) {
      const action = actions.get(id);
      if (action === undefined) throw new ActionUnknownError();
      return action;
    },
    all: () => [...actions.values()],
    problems,
    refresh,
  };
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /\.(ya?ml|ts)$/i.test(name) && !name.endsWith('.d.ts')).sort();
  } catch {
    throw new ActionFilesError([`${folder}: the folder of action files cannot be read`]);
  }
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}-${size}-${ino}`;
  } catch {
    // Taken away between listing and looking.
    return undefined;
  }
}

async function readEntry(
  folder: string,
  name: string,
  version: string,
  known: Entry | undefined,
  check: (action: ActionDefinition) => readonly string[],
): Promise<Entry> {
  const [, id, ending] = FILE_NAME.exec(name) ?? [];
  const broken = (problems: readonly string[]): Entry => ({ version, action: known?.action, problems });
  if (id === undefined) {
    return broken(['the name of an action file is lower-case letters, digits and hyphens, then .yml or .ts']);
  }
  try {
    const path = join(folder, name);
    const result =
      ending === 'ts'
        ? await loadTypescriptAction(id, path, version)
        : parseYamlAction(id, await readFile(path, 'utf8'));
    if (result.action === undefined) return broken(result.problems);
    const problems = check(result.action);
    return problems.length > 0 ? broken(problems) : { version, action: result.action, problems: [] };
  } catch {
    return broken(['cannot be read']);
  }
}

/** Two files of one id: the first by name is served, the other is named. */
function refuseTwins(entries: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  const taken = new Set<string>();
  return new Map(
    [...entries].map(([name, entry]): [string, Entry] => {
      if (entry.action === undefined) return [name, entry];
      const { id } = entry.action;
      if (!taken.has(id)) {
        taken.add(id);
        return [name, entry];
      }
      return [name, { ...entry, action: undefined, problems: [`another file defines the action "${id}" already`] }];
    }),
  );
}

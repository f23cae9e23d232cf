/** The actions of one folder, by id. Loading is all or nothing: every problem of every file is told at once. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionDefinition } from './definition.ts';
import { ActionFilesError, ActionUnknownError } from './errors.ts';
import { parseYamlAction } from './yaml/file.ts';

export type Catalogue = {
  /** @throws {@link ActionUnknownError} for any name that is no action, however it is spelled. */
  get(id: string): ActionDefinition;
  all(): readonly ActionDefinition[];
};

const FILE_NAME = /^([a-z0-9][a-z0-9-]{0,63})\.ya?ml$/;

/**
 * Reads every `*.yml` of a folder.
 *
 * @throws {@link ActionFilesError} that names file, line and remedy of every problem.
 */
export async function loadCatalogue(folder: string): Promise<Catalogue> {
  let names: string[];
  try {
    names = (await readdir(folder)).sort();
  } catch {
    throw new ActionFilesError([`${folder}: the folder of action files cannot be read`]);
  }
  const actions = new Map<string, ActionDefinition>();
  const problems: string[] = [];
  for (const name of names.filter((candidate) => /\.ya?ml$/i.test(candidate))) {
    const id = FILE_NAME.exec(name)?.[1];
    if (id === undefined) {
      problems.push(`${name}: the name of an action file is lower-case letters, digits and hyphens, then .yml`);
    } else if (actions.has(id)) {
      problems.push(`${name}: another file defines the action "${id}" already`);
    } else {
      const result = parseYamlAction(id, await readFile(join(folder, name), 'utf8'));
      if (result.action !== undefined) actions.set(id, result.action);
      else problems.push(...result.problems.map((problem) => `${name}: ${problem}`));
    }
  }
  if (problems.length > 0) throw new ActionFilesError(problems);
  return createCatalogue([...actions.values()]);
}

export function createCatalogue(actions: readonly ActionDefinition[]): Catalogue {
  // A Map: names such as "constructor" or "../approve" find nothing.
  const byId = new Map(actions.map((action) => [action.id, action]));
  return {
    get(id) {
      const action = byId.get(id);
      if (action === undefined) throw new ActionUnknownError();
      return action;
    },
    all: () => [...byId.values()],
  };
}

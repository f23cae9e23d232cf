/** What the `action` commands are given by `cli.ts`, which alone knows the process. */

import type { Machine } from '../shotgrid/authenticator/places.ts';

export type ActionCommandDeps = {
  /** Where whoever tries an action as themselves is remembered. */
  readonly machine: Machine;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prints one line of the answer. */
  readonly print: (line: string) => void;
  /** Prints one line of trouble. */
  readonly printError: (line: string) => void;
  readonly setExitCode: (code: number) => void;
};

/** Exit codes of all of them; stable, since scripts rely on them. */
export const PROBLEMS = 1;
/** Nothing was found out, nor made: the command itself could not be done. */
export const COULD_NOT = 2;

/** The folder as the server would take it. */
export function defaultFolder(env: ActionCommandDeps['env']): string {
  const folder = env['ACTIONS_DIR'];
  return folder === undefined || folder === '' ? 'actions' : folder;
}

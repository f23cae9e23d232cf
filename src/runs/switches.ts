/**
 * What administrators have switched off. Pages ask a copy that is at most a second old, on every replica; a confirmation
 * asks the database itself within its own transaction, so that no run slips through.
 */
import { ServiceError } from '../errors.ts';
import type { Held, Hold, Switch } from './hold.ts';
import { ActionOffError, ReadOnlyError, SwitchesUnavailableError } from './switch-errors.ts';
import { runTables, type Executor } from './run-tables.ts';

/** @throws {@link SwitchesUnavailableError} from everything here, when the database does not answer. */
export type Switches = {
  /** At most {@link FRESH_MS} old. */
  current(): Promise<Held>;
  /** @throws {@link ActionOffError} */
  verifyActionOn(action: { readonly id: string; readonly title: string }): Promise<void>;
  /** @throws {@link ReadOnlyError} */
  verifyMayChange(): Promise<void>;
  /** Off with a hold, on again without. `executor` is the transaction of the record of it. */
  set(executor: Executor, which: Switch, hold: Hold | undefined): Promise<void>;
  /** Reads anew at the next question: what was set here is known here at once. */
  forget(): void;
};

const READ_ONLY = 'read_only';
const ACTION = 'action:';
const FRESH_MS = 1_000;

export function createSwitches(deps: { readonly db: Executor; readonly now: () => Date }): Switches {
  let known: { readonly at: number; readonly held: Promise<Held> } | undefined;

  function current(): Promise<Held> {
    const at = deps.now().getTime();
    // A clock that was put back makes nothing younger.
    const age = known === undefined ? Infinity : Math.abs(at - known.at);
    if (known !== undefined && age < FRESH_MS) return known.held;
    const held = readHeld(deps.db);
    const mine = { at, held };
    known = mine;
    // A failure is nobody's answer but of those who wait for it.
    held.catch(() => {
      if (known === mine) known = undefined;
    });
    return held;
  }

  return {
    current,
    async verifyActionOn({ id, title }) {
      const hold = (await current()).actions.get(id);
      if (hold !== undefined) throw new ActionOffError(title, hold);
    },
    async verifyMayChange() {
      const { readOnly } = await current();
      if (readOnly !== undefined) throw new ReadOnlyError(readOnly);
    },
    async set(executor, which, hold) {
      const name = which.kind === 'read_only' ? READ_ONLY : `${ACTION}${which.actionId}`;
      const table = runTables(executor);
      await table.deleteFrom('switches').where('name', '=', name).execute();
      if (hold === undefined) return;
      const { reason, by, since } = hold;
      await table
        .insertInto('switches')
        .values({ name, reason, by_login: by.login, by_name: by.name, since: since.toISOString() })
        .execute();
    },
    forget() {
      known = undefined;
    },
  };
}

/**
 * The last door before a run: asks the database as the run's own transaction sees it. What an action
 * did can be taken back while it is off; nothing at all passes while the server is read-only.
 *
 * @throws {@link ReadOnlyError}, {@link ActionOffError}.
 */
export async function verifyMayRun(
  executor: Executor,
  run: { readonly actionId: string; readonly title: string; readonly takesBack: boolean },
): Promise<void> {
  const { readOnly, actions } = await readHeld(executor);
  if (readOnly !== undefined) throw new ReadOnlyError(readOnly);
  const hold = actions.get(run.actionId);
  if (hold !== undefined && !run.takesBack) throw new ActionOffError(run.title, hold);
}

async function readHeld(executor: Executor): Promise<Held> {
  try {
    const rows = await runTables(executor).selectFrom('switches').selectAll().execute();
    const holds = new Map(
      rows.map((row): [string, Hold] => [
        row.name,
        { reason: row.reason, by: { login: row.by_login, name: row.by_name }, since: new Date(row.since) },
      ]),
    );
    return {
      readOnly: holds.get(READ_ONLY),
      actions: new Map(
        [...holds].flatMap(([name, hold]) => (name.startsWith(ACTION) ? [[name.slice(ACTION.length), hold]] : [])),
      ),
    };
  } catch (cause) {
    throw cause instanceof ServiceError ? cause : new SwitchesUnavailableError({ cause });
  }
}

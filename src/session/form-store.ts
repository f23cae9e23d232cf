/** What people typed into forms, sealed: for a launch until it expires, and remembered for the same person's next time. */
import { orUnavailable } from './errors.ts';
import { personKey, type PersonKey } from './holder.ts';
import { createSealer } from './sealed.ts';
import { sessionTables, type SessionDatabase } from './tables.ts';

/** `T` is JSON-safe. What cannot be opened any more is as if it had never been kept. */
export type FormStore<T> = {
  keep(launch: { readonly id: string; readonly expiresAt: Date }, kept: T): Promise<void>;
  find(launchId: string): Promise<T | undefined>;
  forget(launchId: string): Promise<void>;
  /** Without secrets: they are the caller's to leave out. */
  remember(person: PersonKey, actionId: string, remembered: RememberedForm): Promise<void>;
  recall(person: PersonKey, actionId: string): Promise<RememberedForm | undefined>;
  /** Forgets what has expired, and what nobody used for a quarter of a year; how many. */
  prune(): Promise<number>;
};

/** Texts by name, as they were posted. */
export type RememberedForm = readonly (readonly [name: string, texts: readonly string[]])[];

const REMEMBER_DAYS = 90;

export function createFormStore<T>(deps: {
  readonly db: SessionDatabase;
  readonly now: () => Date;
  /** Newest first. */
  readonly secrets: readonly string[];
}): FormStore<T> {
  const db = sessionTables(deps.db);
  const sealer = createSealer(deps.secrets, 'form values');
  const open = (about: string, sealed: string | undefined): unknown => {
    const text = sealed === undefined ? undefined : sealer.open(about, sealed);
    return text === undefined ? undefined : JSON.parse(text);
  };

  return {
    async keep({ id, expiresAt }, kept) {
      const row = { sealed: sealer.seal(`launch ${id}`, JSON.stringify(kept)), expires_at: expiresAt.toISOString() };
      await orUnavailable(() =>
        db
          .insertInto('launch_forms')
          .values({ launch_id: id, ...row })
          .onConflict((conflict) => conflict.column('launch_id').doUpdateSet(row))
          .execute(),
      );
    },
    async find(launchId) {
      const row = await orUnavailable(() =>
        db.selectFrom('launch_forms').select('sealed').where('launch_id', '=', launchId).executeTakeFirst(),
      );
      return open(`launch ${launchId}`, row?.sealed) as T | undefined;
    },
    async forget(launchId) {
      await orUnavailable(() => db.deleteFrom('launch_forms').where('launch_id', '=', launchId).execute());
    },
    async remember(person, actionId, remembered) {
      const key = personKey(person);
      const sealed = sealer.seal(`${key} ${actionId}`, JSON.stringify(remembered));
      const row = { sealed, updated_at: deps.now().toISOString() };
      await orUnavailable(() =>
        db
          .insertInto('remembered_forms')
          .values({ person: key, action_id: actionId, ...row })
          .onConflict((conflict) => conflict.columns(['person', 'action_id']).doUpdateSet(row))
          .execute(),
      );
    },
    async recall(person, actionId) {
      const key = personKey(person);
      const row = await orUnavailable(() =>
        db
          .selectFrom('remembered_forms')
          .select('sealed')
          .where('person', '=', key)
          .where('action_id', '=', actionId)
          .executeTakeFirst(),
      );
      return open(`${key} ${actionId}`, row?.sealed) as RememberedForm | undefined;
    },
    async prune() {
      const now = deps.now();
      const longAgo = new Date(now.getTime() - REMEMBER_DAYS * 86_400_000).toISOString();
      const results = await orUnavailable(() =>
        Promise.all([
          db.deleteFrom('launch_forms').where('expires_at', '<=', now.toISOString()).executeTakeFirst(),
          db.deleteFrom('remembered_forms').where('updated_at', '<', longAgo).executeTakeFirst(),
        ]),
      );
      return results.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
    },
  };
}

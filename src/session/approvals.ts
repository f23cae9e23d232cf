/**
 * Approvals that people were asked for on the site, and what became of them: one for each thing that waits (a launch, an undo …) of
 * a holder. The request's id collects the session, so it is sealed, and gone once the approval has ended.
 */
import { orUnavailable } from './errors.ts';
import { holderKey, personKey, sessionKey, type Holder, type PersonKey } from './holder.ts';
import { createSealer } from './sealed.ts';
import { sessionTables, type SessionDatabase, type SessionTables } from './tables.ts';

/**
 * `waiting` until it is one of the others. `other_person`: approved, but by somebody else than whom it is for. `lost`: the site
 * stopped answering.
 */
export type ApprovalState = 'waiting' | 'approved' | 'denied' | 'expired' | 'other_person' | 'lost';

export type Approval = {
  /** Random; names this attempt, so that an earlier one says nothing about it any more. */
  readonly id: string;
  readonly state: ApprovalState;
  /** While it is waited for. */
  readonly request?: AskedRequest | undefined;
  /** Number of the record of how it began. */
  readonly reference: string;
  /** It is not waited for any longer than this. */
  readonly expiresAt: Date;
};

export type AskedRequest = { readonly id: string; readonly url: string };

export type Approvals = {
  find(holder: Holder, about: string): Promise<Approval | undefined>;
  /** In place of an earlier one about the same. */
  begin(holder: Holder, about: string, approval: Approval): Promise<void>;
  /** True for the one process that is to ask the site now, for as long as `until`; asked again by the same one it goes on. */
  takePoll(id: string, poller: string, until: Date): Promise<boolean>;
  /** False when the approval has ended otherwise meanwhile, or was forgotten; then nothing may follow from it. */
  end(id: string, state: Exclude<ApprovalState, 'waiting'>, executor?: SessionDatabase): Promise<boolean>;
  forgetSession(sessionId: string): Promise<void>;
  forgetPerson(person: PersonKey): Promise<void>;
  /** Forgets what ended long ago. */
  prune(): Promise<number>;
};

/** As long as any launch waits, and more: an approval says that its launch is to be gone on with by the person's own session. */
const KEEP_MS = 24 * 3_600_000;

export function createApprovals(deps: {
  readonly db: SessionDatabase;
  readonly now: () => Date;
  /** Newest first. */
  readonly secrets: readonly string[];
}): Approvals {
  const { now } = deps;
  const db = sessionTables(deps.db);
  const sealer = createSealer(deps.secrets, 'session requests');

  function toApproval(row: SessionTables['site_approvals']): Approval {
    const text = row.sealed === null ? undefined : sealer.open(row.id, row.sealed);
    return {
      id: row.id,
      state: row.state as ApprovalState,
      request: text === undefined ? undefined : (JSON.parse(text) as AskedRequest),
      reference: row.reference,
      expiresAt: new Date(row.expires_at),
    };
  }

  return {
    async find(holder, about) {
      const { session, person } = holderKey(holder);
      const row = await orUnavailable(() =>
        db
          .selectFrom('site_approvals')
          .selectAll()
          .where('session', '=', session)
          .where('person', '=', person)
          .where('about', '=', about)
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : toApproval(row);
    },

    async begin(holder, about, { id, state, request, reference, expiresAt }) {
      const row = {
        id,
        state,
        sealed: request === undefined ? null : sealer.seal(id, JSON.stringify(request)),
        reference,
        expires_at: expiresAt.toISOString(),
        poller: null,
        polled_until: null,
      };
      await orUnavailable(() =>
        db
          .insertInto('site_approvals')
          .values({ ...holderKey(holder), about, ...row })
          .onConflict((conflict) => conflict.columns(['session', 'person', 'about']).doUpdateSet(row))
          .execute(),
      );
    },

    async takePoll(id, poller, until) {
      const { numUpdatedRows } = await orUnavailable(() =>
        db
          .updateTable('site_approvals')
          .set({ poller, polled_until: until.toISOString() })
          .where('id', '=', id)
          .where('state', '=', 'waiting')
          .where((either) =>
            either.or([
              either('poller', 'is', null),
              either('poller', '=', poller),
              either('polled_until', '<', now().toISOString()),
            ]),
          )
          .executeTakeFirst(),
      );
      return numUpdatedRows > 0n;
    },

    async end(id, state, executor = deps.db) {
      const { numUpdatedRows } = await orUnavailable(() =>
        sessionTables(executor)
          .updateTable('site_approvals')
          .set({ state, sealed: null, poller: null, polled_until: null })
          .where('id', '=', id)
          .where('state', '=', 'waiting')
          .executeTakeFirst(),
      );
      return numUpdatedRows > 0n;
    },

    async forgetSession(sessionId) {
      await orUnavailable(() => db.deleteFrom('site_approvals').where('session', '=', sessionKey(sessionId)).execute());
    },

    async forgetPerson(person) {
      await orUnavailable(() => db.deleteFrom('site_approvals').where('person', '=', personKey(person)).execute());
    },

    async prune() {
      const { numDeletedRows } = await orUnavailable(() =>
        db
          .deleteFrom('site_approvals')
          .where('expires_at', '<', new Date(now().getTime() - KEEP_MS).toISOString())
          .executeTakeFirst(),
      );
      return Number(numDeletedRows);
    },
  };
}

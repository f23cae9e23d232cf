/**
 * Launches: clicks that wait for their person to be known and to confirm. Each has its own record and its own cookie, so that
 * clicks made at once in one browser never overwrite each other, whoever is logged in there and whenever.
 */
import {
  ClickReplayedError,
  LaunchExpiredError,
  LaunchMovedError,
  LaunchNotYoursError,
  LaunchUnknownError,
  orUnavailable,
} from './errors.ts';
import { FRAME_PREFIX } from './frame.ts';
import * as secret from './secret.ts';
import { sessionTables } from './tables.ts';
import type { SessionDatabase, SessionTables } from './tables.ts';

export type Launch<P> = {
  readonly id: string;
  readonly actionId: string;
  readonly payload: P;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The reference number under which the click was recorded. */
  readonly reference: string;
  /** The person who claimed it, by the identity provider's word: a `personKey`. */
  readonly subject?: string;
  readonly claimedAt?: Date;
};

/** To be set with the `cookieOptions` of `middleware.ts`. */
export type BoundCookie = { readonly name: string; readonly value: string; readonly maxAgeSeconds: number };

export type NewLaunch<P> = {
  /** From `randomId`, by a caller who has to know it before the launch is kept; made here otherwise. */
  readonly id?: string;
  readonly actionId: string;
  /** JSON-safe. */
  readonly payload: P;
  /** Unique per click; a second launch with the same key is refused. */
  readonly replayKey: string;
  readonly reference: string;
  /** True for a click whose page opens in ShotGrid's overlay. */
  readonly framed?: boolean;
};

export type LaunchStore<P> = {
  /**
   * Keeps a click, with one INSERT, on `executor` if given (so that it can be committed together with its record).
   *
   * @throws {@link ClickReplayedError} when a launch with this replay key exists.
   */
  create(click: NewLaunch<P>, executor?: SessionDatabase): Promise<{ launch: Launch<P>; cookie: BoundCookie }>;
  /**
   * The launch, for the browser that clicked. Expiry is told to anybody, since the cookie ends with the launch.
   *
   * @throws {@link LaunchUnknownError}, {@link LaunchExpiredError}, {@link LaunchNotYoursError}, {@link LaunchMovedError}
   * (to the frame whose click went on in a window of its own).
   */
  open(id: string, cookieValue: string | undefined): Promise<Launch<P>>;
  /**
   * Binds the launch to a person, once; claiming again as the same one changes nothing.
   *
   * @throws {@link LaunchUnknownError}, {@link LaunchExpiredError}, {@link LaunchNotYoursError} (claimed by another).
   */
  claim(id: string, subject: string): Promise<Launch<P>>;
  /** Lets what this person claimed expire at once, and says which that was. Clicks stay used: their replay keys are kept. */
  drop(subject: string): Promise<readonly string[]>;
  /** The launch whatever its age, without a cookie: for our own use, never for an answer to whoever asks. */
  find(id: string): Promise<Launch<P> | undefined>;
  /** Forgets launches that expired a day ago. Until then they answer "expired", and their replay keys stay taken. */
  prune(): Promise<number>;
  cookieName(id: string, framed?: boolean): string;
};

type LaunchRow = SessionTables['launches'];

const KEEP_SECONDS = 24 * 60 * 60;

/** Launches in the database; `P` is whatever the caller keeps in them. Failures of the database are `store_unavailable`. */
export function createLaunchStore<P>(deps: {
  readonly db: SessionDatabase;
  readonly now: () => Date;
  /** True when browsers reach us by https. */
  readonly secure: boolean;
  readonly randomSecret?: () => string;
  readonly ttlSeconds?: number;
}): LaunchStore<P> {
  const { now, secure, randomSecret = secret.randomSecret, ttlSeconds = 900 } = deps;
  const db = sessionTables(deps.db);
  const cookieName = (id: string, framed = false) => launchCookieName(id, { secure, framed });

  async function findRow(id: string): Promise<LaunchRow | undefined> {
    // No query for what cannot be an id: an address is hostile text.
    if (!secret.isRandomId(id)) return undefined;
    return orUnavailable(() => db.selectFrom('launches').selectAll().where('id', '=', id).executeTakeFirst());
  }

  async function findPending(id: string): Promise<LaunchRow> {
    const row = await findRow(id);
    if (row === undefined) throw new LaunchUnknownError();
    if (row.expires_at <= now().toISOString()) throw new LaunchExpiredError();
    return row;
  }

  return {
    cookieName,

    async create({ id = secret.randomId(), actionId, payload, replayKey, reference, framed }, executor) {
      const value = randomSecret();
      const createdAt = now();
      const row: LaunchRow = {
        id,
        action_id: actionId,
        payload: JSON.stringify(payload),
        cookie_hash: secret.secretHash(value),
        replay_key: replayKey,
        created_at: createdAt.toISOString(),
        expires_at: later(createdAt, ttlSeconds),
        reference,
        subject: null,
        claimed_at: null,
        frame_cookie_hash: null,
        sign_ins: 0,
      };
      const inserted = await orUnavailable(() =>
        (executor === undefined ? db : sessionTables(executor))
          .insertInto('launches')
          .values(row)
          .onConflict((conflict) => conflict.column('replay_key').doNothing())
          .executeTakeFirst(),
      );
      if (inserted.numInsertedOrUpdatedRows !== 1n) throw new ClickReplayedError();
      const cookie = { name: cookieName(row.id, framed), value, maxAgeSeconds: ttlSeconds };
      return { launch: { ...toLaunch<P>(row), payload }, cookie };
    },

    async open(id, cookieValue) {
      const row = await findPending(id);
      if (cookieValue === undefined) throw new LaunchNotYoursError();
      const hash = secret.secretHash(cookieValue);
      if (secret.isSameSecret(hash, row.frame_cookie_hash ?? '')) throw new LaunchMovedError();
      if (!secret.isSameSecret(hash, row.cookie_hash)) throw new LaunchNotYoursError();
      return toLaunch<P>(row);
    },

    async claim(id, subject) {
      const row = await findPending(id);
      if (row.subject === null) {
        const claimedAt = now().toISOString();
        const { numUpdatedRows } = await orUnavailable(() =>
          db
            .updateTable('launches')
            .set({ subject, claimed_at: claimedAt })
            .where('id', '=', id)
            .where('subject', 'is', null)
            .executeTakeFirst(),
        );
        if (numUpdatedRows === 1n) return toLaunch<P>({ ...row, subject, claimed_at: claimedAt });
      }
      // Claimed before, perhaps this very moment by the same person's other tab.
      const claimed = await findPending(id);
      if (claimed.subject !== subject) throw new LaunchNotYoursError();
      return toLaunch<P>(claimed);
    },

    async drop(subject) {
      const at = now().toISOString();
      const rows = await orUnavailable(() =>
        db
          .updateTable('launches')
          .set({ expires_at: at })
          .where('subject', '=', subject)
          .where('expires_at', '>', at)
          .returning('id')
          .execute(),
      );
      return rows.map(({ id }) => id);
    },

    async find(id) {
      const row = await findRow(id);
      return row && toLaunch<P>(row);
    },

    async prune() {
      const { numDeletedRows } = await orUnavailable(() =>
        db.deleteFrom('launches').where('expires_at', '<', later(now(), -KEEP_SECONDS)).executeTakeFirst(),
      );
      return Number(numDeletedRows);
    },
  };
}

export function launchCookieName(id: string, options: { readonly secure: boolean; readonly framed: boolean }): string {
  return `${options.secure ? '__Host-' : ''}${options.framed ? FRAME_PREFIX : ''}launch.${id}`;
}

function toLaunch<P>(row: LaunchRow): Launch<P> {
  return {
    id: row.id,
    actionId: row.action_id,
    payload: JSON.parse(row.payload) as P,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    reference: row.reference,
    ...(row.subject === null ? {} : { subject: row.subject }),
    ...(row.claimed_at === null ? {} : { claimedAt: new Date(row.claimed_at) }),
  };
}

function later(time: Date, seconds: number): string {
  return new Date(time.getTime() + seconds * 1000).toISOString();
}

/**
 * Sign-ins on their way from a window to the frame that opened it, in ShotGrid's overlay. The frame's page links to the window
 * with a ticket, `<n>.<hmac>`: only who holds the launch's cookie is given one, and it is good for the n-th sign-in alone. The
 * window gets a code that is good once and for a minute, and only together with the launch's cookie of that frame.
 */
import { createHmac } from 'node:crypto';
import {
  HandOverInvalidError,
  LaunchExpiredError,
  LaunchMovedError,
  LaunchNotYoursError,
  LaunchUnknownError,
  orUnavailable,
} from './errors.ts';
import { launchCookieName, type BoundCookie } from './launches.ts';
import type { SessionContents } from './middleware.ts';
import { createSealer } from './sealed.ts';
import * as secret from './secret.ts';
import { sessionTables, type SessionDatabase, type SessionTables } from './tables.ts';

/** Where a click in an overlay stands, for the window that a ticket opened. */
export type PopOutState = 'waiting' | 'signed_in' | 'moved';

export type HandOvers = {
  /** For the page of the frame that holds the launch's cookie. @throws {@link LaunchUnknownError}, {@link LaunchExpiredError}. */
  ticket(launchId: string): Promise<string>;
  /** @throws {@link LaunchUnknownError}, {@link LaunchExpiredError}, {@link LaunchNotYoursError} (no ticket of this launch). */
  check(launchId: string, ticket: unknown): Promise<PopOutState>;
  /** Keeps the sign-in of a window for the frame, and answers with the code for it. The code before, if any, is void. */
  offer(launchId: string, ticket: unknown, contents: SessionContents): Promise<string>;
  /**
   * The sign-in, once, for the frame; whoever calls this has opened the launch with the frame's cookie.
   *
   * @throws {@link HandOverInvalidError}
   */
  redeem(launchId: string, code: unknown): Promise<SessionContents>;
  /**
   * Takes the click out of the frame and into the window: from here on the cookie in the answer opens it, and the frame's own
   * only follows it.
   *
   * @throws {@link LaunchMovedError} when it has moved already, {@link HandOverInvalidError} when the frame has signed in.
   */
  move(launchId: string, ticket: unknown): Promise<BoundCookie>;
  /** Whether `cookieValue` is of the frame that this launch has moved out of. */
  isFollower(launchId: string, cookieValue: string | undefined): Promise<boolean>;
  prune(): Promise<number>;
};

type LaunchRow = SessionTables['launches'];

const TICKET = /^(0|[1-9]\d{0,3})\.([\w-]{43})$/;

/** Hand-overs in the database; failures of it are `store_unavailable`. @param deps.secrets - Newest first. */
export function createHandOvers(deps: {
  readonly db: SessionDatabase;
  readonly now: () => Date;
  readonly secrets: readonly string[];
  /** True when browsers reach us by https. */
  readonly secure: boolean;
  readonly ttlSeconds?: number;
}): HandOvers {
  const { now, secrets, secure, ttlSeconds = 60 } = deps;
  const db = sessionTables(deps.db);
  const sealer = createSealer(secrets, 'hand-overs');

  async function findLaunch(id: string): Promise<LaunchRow> {
    const row = secret.isRandomId(id)
      ? await orUnavailable(() => db.selectFrom('launches').selectAll().where('id', '=', id).executeTakeFirst())
      : undefined;
    if (row === undefined) throw new LaunchUnknownError();
    if (row.expires_at <= now().toISOString()) throw new LaunchExpiredError();
    return row;
  }

  /** The launch, and for its how many-th sign-in the ticket is. */
  async function open(
    launchId: string,
    ticket: unknown,
  ): Promise<{ readonly row: LaunchRow; readonly signIns: number }> {
    const row = await findLaunch(launchId);
    const [, n = '', mac = ''] = TICKET.exec(typeof ticket === 'string' ? ticket : '') ?? [];
    const signIns = Number(n);
    if (!secrets.some((key) => secret.isSameSecret(macOf(key, row, signIns), mac))) throw new LaunchNotYoursError();
    return { row, signIns };
  }

  return {
    async ticket(launchId) {
      const row = await findLaunch(launchId);
      return `${row.sign_ins}.${macOf(secrets[0] ?? '', row, row.sign_ins)}`;
    },

    async check(launchId, ticket) {
      const { row, signIns } = await open(launchId, ticket);
      return stateOf(row, signIns);
    },

    async offer(launchId, ticket, contents) {
      const { signIns } = await open(launchId, ticket);
      const code = secret.randomSecret();
      const offered = {
        code_hash: secret.secretHash(code),
        sign_ins: signIns,
        sealed: sealer.seal(launchId, JSON.stringify(contents)),
        expires_at: new Date(now().getTime() + ttlSeconds * 1000).toISOString(),
      };
      await orUnavailable(() =>
        db
          .insertInto('hand_overs')
          .values({ launch_id: launchId, ...offered })
          .onConflict((conflict) => conflict.column('launch_id').doUpdateSet(offered))
          .execute(),
      );
      return code;
    },

    async redeem(launchId, code) {
      if (typeof code !== 'string') throw new HandOverInvalidError();
      // Hashes of random values are compared by the database: how long that takes tells nothing about the values.
      const row = await orUnavailable(() =>
        db
          .deleteFrom('hand_overs')
          .where('launch_id', '=', launchId)
          .where('code_hash', '=', secret.secretHash(code))
          .returningAll()
          .executeTakeFirst(),
      );
      const contents = row && sealer.open(launchId, row.sealed);
      if (row === undefined || contents === undefined || row.expires_at <= now().toISOString()) {
        throw new HandOverInvalidError();
      }
      // Frame and window may both want to go on, at the same moment: this row decides which.
      const { numUpdatedRows } = await orUnavailable(() =>
        db
          .updateTable('launches')
          .set({ sign_ins: row.sign_ins + 1 })
          .where('id', '=', launchId)
          .where('sign_ins', '=', row.sign_ins)
          .where('frame_cookie_hash', 'is', null)
          .executeTakeFirst(),
      );
      if (numUpdatedRows !== 1n) throw new HandOverInvalidError();
      return JSON.parse(contents) as SessionContents;
    },

    async move(launchId, ticket) {
      const { row, signIns } = await open(launchId, ticket);
      const value = secret.randomSecret();
      const { numUpdatedRows } = await orUnavailable(() =>
        db
          .updateTable('launches')
          .set({ cookie_hash: secret.secretHash(value), frame_cookie_hash: row.cookie_hash })
          .where('id', '=', launchId)
          .where('sign_ins', '=', signIns)
          .where('frame_cookie_hash', 'is', null)
          .executeTakeFirst(),
      );
      if (numUpdatedRows !== 1n) {
        const state = stateOf(await findLaunch(launchId), signIns);
        throw state === 'moved' ? new LaunchMovedError() : new HandOverInvalidError();
      }
      const seconds = Math.ceil((Date.parse(row.expires_at) - now().getTime()) / 1000);
      return { name: launchCookieName(launchId, { secure, framed: false }), value, maxAgeSeconds: seconds };
    },

    async isFollower(launchId, cookieValue) {
      if (cookieValue === undefined || !secret.isRandomId(launchId)) return false;
      const row = await orUnavailable(() =>
        db.selectFrom('launches').select('frame_cookie_hash').where('id', '=', launchId).executeTakeFirst(),
      );
      return secret.isSameSecret(secret.secretHash(cookieValue), row?.frame_cookie_hash ?? '');
    },

    async prune() {
      const { numDeletedRows } = await orUnavailable(() =>
        db.deleteFrom('hand_overs').where('expires_at', '<=', now().toISOString()).executeTakeFirst(),
      );
      return Number(numDeletedRows);
    },
  };
}

function stateOf(row: LaunchRow, signIns: number): PopOutState {
  if (row.frame_cookie_hash !== null) return 'moved';
  return row.sign_ins === signIns ? 'waiting' : 'signed_in';
}

/** Over what only the frame's own launch has: its cookie, which stays the same text here when the click moves on. */
function macOf(key: string, row: LaunchRow, signIns: number): string {
  // The same keys sign session cookies: the first line keeps one use from passing for the other.
  const content = ['pop-out', row.id, row.frame_cookie_hash ?? row.cookie_hash, signIns].join('\n');
  return createHmac('sha256', key).update(content).digest('base64url');
}

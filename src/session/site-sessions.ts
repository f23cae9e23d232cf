/**
 * People's own sessions on the ShotGrid site: credentials, so they lie in the database sealed, each for one person in one browser
 * session on one site. A run that is to go on while nobody is there has a sealed copy, bound to it, until it ends.
 */
import { orUnavailable } from './errors.ts';
import { holderKey, personKey, sessionKey, type Holder, type PersonKey } from './holder.ts';
import { createSealer } from './sealed.ts';
import { sessionTables, type SessionDatabase } from './tables.ts';

export type SiteSession = {
  /** The site's session token: never in a page, a log, a record or an error. */
  readonly token: string;
  /** The HumanUser whose session it is: every access token that comes of it has to name them. */
  readonly userId: number;
  readonly login: string;
  /** When the person approved it or signed in; RFC 3339 UTC. */
  readonly since: string;
};

/** What cannot be opened any more is as if it had never been kept. Failures of the database are `store_unavailable`. */
export type SiteSessions = {
  /** In place of an earlier one of this holder; within a transaction if one is given. */
  keep(holder: Holder, session: SiteSession, executor?: SessionDatabase): Promise<void>;
  /** Being used, it lives on, and is sealed with the newest secret. */
  find(holder: Holder): Promise<SiteSession | undefined>;
  /** This holder's own, and the copies of its runs. False when there was nothing. */
  forget(holder: Holder): Promise<boolean>;
  /** All that was kept for a browser session, whoever was signed in there: it has ended. */
  forgetSession(sessionId: string): Promise<void>;
  /** All of a person, in whatever browser; how many. */
  forgetPerson(person: PersonKey): Promise<number>;
  /** A copy for a run of this holder, to be committed together with the run. */
  keepForRun(executor: SessionDatabase, runId: string, holder: Holder, session: SiteSession): Promise<void>;
  /** The run's copy; undefined when it was forgotten since, or belongs to somebody else. */
  findForRun(runId: string, person: PersonKey): Promise<SiteSession | undefined>;
  forgetRun(executor: SessionDatabase, runId: string): Promise<void>;
  /** Forgets what has expired; how many. */
  prune(): Promise<number>;
};

/** A use moves the expiry on, but not every use: reads stay reads. */
const TOUCH_EVERY_MS = 60_000;

export function createSiteSessions(deps: {
  readonly db: SessionDatabase;
  readonly now: () => Date;
  /** Newest first. */
  readonly secrets: readonly string[];
  /** A token is for this site alone: with another address configured none of them opens. */
  readonly siteUrl: string;
  /** A browser session lives this long after its last use, and what is kept for it no longer. */
  readonly maxAgeSeconds: number;
}): SiteSessions {
  const { now, siteUrl } = deps;
  const db = sessionTables(deps.db);
  const sealer = createSealer(deps.secrets, 'site sessions');
  const aboutHolder = (holder: Holder): string => JSON.stringify(['holder', siteUrl, holderKey(holder)]);
  const aboutRun = (runId: string, person: PersonKey): string =>
    JSON.stringify(['run', siteUrl, runId, personKey(person)]);
  const expiry = (): string => new Date(now().getTime() + deps.maxAgeSeconds * 1000).toISOString();
  const live = (row: { readonly expires_at: string } | undefined): boolean =>
    row !== undefined && row.expires_at > now().toISOString();

  function open(about: string, sealed: string): SiteSession | undefined {
    const text = sealer.open(about, sealed);
    return text === undefined ? undefined : (JSON.parse(text) as SiteSession);
  }

  async function forgetWhere(column: 'session' | 'person', value: string): Promise<number> {
    const results = await orUnavailable(() =>
      Promise.all([
        db.deleteFrom('site_sessions').where(column, '=', value).executeTakeFirst(),
        db.deleteFrom('run_sessions').where(column, '=', value).executeTakeFirst(),
      ]),
    );
    return Number(results[0].numDeletedRows);
  }

  return {
    async keep(holder, session, executor = deps.db) {
      const row = { sealed: sealer.seal(aboutHolder(holder), JSON.stringify(session)), expires_at: expiry() };
      await orUnavailable(() =>
        sessionTables(executor)
          .insertInto('site_sessions')
          .values({ ...holderKey(holder), ...row })
          .onConflict((conflict) => conflict.columns(['session', 'person']).doUpdateSet(row))
          .execute(),
      );
    },

    async find(holder) {
      const { session, person } = holderKey(holder);
      const row = await orUnavailable(() =>
        db
          .selectFrom('site_sessions')
          .select(['sealed', 'expires_at'])
          .where('session', '=', session)
          .where('person', '=', person)
          .executeTakeFirst(),
      );
      if (row === undefined || !live(row)) return undefined;
      const about = aboutHolder(holder);
      const found = open(about, row.sealed);
      if (found === undefined) return undefined;
      const isOld = !sealer.isNewest(about, row.sealed);
      if (isOld || Date.parse(expiry()) - Date.parse(row.expires_at) >= TOUCH_EVERY_MS) {
        const sealed = isOld ? sealer.seal(about, JSON.stringify(found)) : row.sealed;
        await orUnavailable(() =>
          db
            .updateTable('site_sessions')
            .set({ sealed, expires_at: expiry() })
            .where('session', '=', session)
            .where('person', '=', person)
            // One that was approved anew in this moment stays.
            .where('sealed', '=', row.sealed)
            .execute(),
        );
      }
      return found;
    },

    async forget(holder) {
      const { session, person } = holderKey(holder);
      const results = await orUnavailable(() =>
        Promise.all(
          (['site_sessions', 'run_sessions'] as const).map((table) =>
            db.deleteFrom(table).where('session', '=', session).where('person', '=', person).executeTakeFirst(),
          ),
        ),
      );
      return results.some(({ numDeletedRows }) => numDeletedRows > 0n);
    },

    async forgetSession(sessionId) {
      await forgetWhere('session', sessionKey(sessionId));
    },

    forgetPerson: (person) => forgetWhere('person', personKey(person)),

    async keepForRun(executor, runId, holder, session) {
      await sessionTables(executor)
        .insertInto('run_sessions')
        .values({
          run_id: runId,
          ...holderKey(holder),
          sealed: sealer.seal(aboutRun(runId, holder), JSON.stringify(session)),
          expires_at: expiry(),
        })
        .execute();
    },

    async findForRun(runId, person) {
      const row = await orUnavailable(() =>
        db
          .selectFrom('run_sessions')
          .select(['sealed', 'expires_at'])
          .where('run_id', '=', runId)
          .where('person', '=', personKey(person))
          .executeTakeFirst(),
      );
      return row === undefined || !live(row) ? undefined : open(aboutRun(runId, person), row.sealed);
    },

    async forgetRun(executor, runId) {
      await sessionTables(executor).deleteFrom('run_sessions').where('run_id', '=', runId).execute();
    },

    async prune() {
      const results = await orUnavailable(() =>
        Promise.all(
          (['site_sessions', 'run_sessions'] as const).map((table) =>
            db.deleteFrom(table).where('expires_at', '<=', now().toISOString()).executeTakeFirst(),
          ),
        ),
      );
      return results.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
    },
  };
}

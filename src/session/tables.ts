/** The tables this module reads and writes; `database/` makes them. Times are RFC 3339 UTC text, so text order is time order. */
import type { Kysely } from 'kysely';

export type SessionTables = {
  readonly sessions: {
    readonly id: string;
    readonly data: string;
    readonly expires_at: string;
    /** `personKey` and `providerSessionKey` of whoever is signed in. */
    readonly person: string | null;
    readonly provider_session: string | null;
  };
  readonly logout_tokens: { readonly token_hash: string; readonly expires_at: string };
  readonly launches: {
    readonly id: string;
    readonly action_id: string;
    readonly payload: string;
    readonly cookie_hash: string;
    readonly replay_key: string;
    readonly created_at: string;
    readonly expires_at: string;
    readonly reference: string;
    readonly subject: string | null;
    readonly claimed_at: string | null;
    /** Of the frame it was made in, once it has gone on in a window. */
    readonly frame_cookie_hash: string | null;
    /** How often a window has handed its sign-in to the frame. */
    readonly sign_ins: number;
  };
  readonly hand_overs: {
    readonly launch_id: string;
    readonly code_hash: string;
    readonly sign_ins: number;
    readonly sealed: string;
    readonly expires_at: string;
  };
  readonly login_attempts: {
    readonly state_hash: string;
    readonly cookie_hash: string;
    readonly nonce: string;
    readonly code_verifier: string;
    readonly return_to: string;
    readonly expires_at: string;
  };
  readonly password_attempts: { readonly id: string; readonly key_hash: string; readonly expires_at: string };
  readonly launch_forms: { readonly launch_id: string; readonly sealed: string; readonly expires_at: string };
  readonly remembered_forms: {
    readonly person: string;
    readonly action_id: string;
    readonly sealed: string;
    readonly updated_at: string;
  };
  readonly site_sessions: SiteSessionRow;
  readonly run_sessions: SiteSessionRow & { readonly run_id: string };
  readonly site_approvals: {
    readonly session: string;
    readonly person: string;
    readonly about: string;
    readonly id: string;
    readonly state: string;
    readonly sealed: string | null;
    readonly reference: string;
    readonly expires_at: string;
    readonly poller: string | null;
    readonly polled_until: string | null;
  };
};

/** `session` and `person` are hashes. */
type SiteSessionRow = {
  readonly session: string;
  readonly person: string;
  readonly sealed: string;
  readonly expires_at: string;
};

/** A database with these tables among others, or a `Transaction<object>` on it. */
export type SessionDatabase = Pick<Kysely<object>, '$extendTables'>;

/** The database as this module sees it. */
export function sessionTables(db: SessionDatabase): Kysely<SessionTables> {
  return db.$extendTables<SessionTables>();
}

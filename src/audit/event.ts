/**
 * What an audit event is made of. Every field has its own name and type and none takes "anything": a secret, token,
 * cookie or key has no place here to be put into.
 */

/** `intended` is said before a write, the others after the fact. `unknown` is never turned into a guess. */
export type AuditOutcome = 'success' | 'intended' | 'refused' | 'failed' | 'unknown';

/** Who, where and in the course of what. All of it may come from outside. */
export type AuditContext = {
  /** The number that the person was shown, by which the record is found. */
  readonly reference?: string | undefined;
  readonly requestId?: string | undefined;
  readonly clientAddress?: string | undefined;
  /** The person acted for. `proven`: the identity provider says so; otherwise the click merely claims it. */
  readonly person?: { readonly login: string; readonly id?: number | undefined; readonly proven: boolean } | undefined;
  /** By whom ShotGrid is really called: the script, which acts as the person by sudo, or the person's own session. */
  readonly realActor?: { readonly type: 'ApiUser' | 'HumanUser'; readonly name: string } | undefined;
  /** The person as the identity provider names them. */
  readonly subject?: { readonly issuer: string; readonly subject: string } | undefined;
  readonly actionId?: string | undefined;
  readonly launchId?: string | undefined;
  readonly runId?: string | undefined;
  readonly project?: { readonly id: number; readonly name?: string | undefined } | undefined;
  /** ShotGrid's id of the browser window, which its own event log has too. */
  readonly sessionUuid?: string | undefined;
};

/** A value as ShotGrid's REST answers and takes it. */
export type AuditValue =
  string | number | boolean | null | readonly AuditValue[] | { readonly [key: string]: AuditValue };

/** One row that a run writes; `id` is absent while the row is yet to be created. */
export type AuditedChange = {
  readonly kind: 'update' | 'create' | 'delete' | 'revive';
  readonly entityType: string;
  readonly id?: number | undefined;
  readonly name?: string | undefined;
  readonly fields: readonly AuditedField[];
};

/** Old and new value are recorded whole, whatever their length. */
export type AuditedField = { readonly field: string; readonly before?: AuditValue; readonly after?: AuditValue };

/** What became of the change at `position` (from 0) of the run's intended changes. */
export type AuditedRowOutcome = {
  readonly position: number;
  readonly entityType: string;
  readonly id?: number | undefined;
  readonly name?: string | undefined;
  /** `not_done`: the run ended before the row's turn came. */
  readonly outcome: 'done' | 'already_so' | 'refused' | 'failed' | 'unknown' | 'not_done';
  /** Why, in words that are safe to show. */
  readonly detail?: string | undefined;
  /** ShotGrid's own name for the request that failed. */
  readonly siteErrorId?: string | undefined;
  readonly fields?: readonly AuditedField[] | undefined;
};

export type AuditDetails = Readonly<Record<string, AuditValue | undefined>>;

/** Every kind of event there is; one function of `events/` makes each. */
export const EVENT_TYPES = [
  'click.received',
  'click.refused',
  'launch.refused',
  'launch.moved',
  'login.succeeded',
  'login.failed',
  'login.handed_over',
  'logout',
  'logout.back_channel',
  'logout.refused',
  'sessions.ended',
  'identity.refused',
  'sudo.refused',
  'role.refused',
  'csrf.refused',
  'limit.met',
  'plan.made',
  'plan.failed',
  'proof.given',
  'person.handed_off',
  'approval.asked',
  'approval.given',
  'approval.refused',
  'approval.ended',
  'run.confirmed',
  'run.refused',
  'run.cancelled',
  'changes.intended',
  'changes.performed',
  'run.finished',
  'audit.searched',
  'audit.record_read',
  'audit.verified',
  'audit.export_started',
  'audit.exported',
  'audit.reconciled',
  'audit.archived',
  'admin.action_switched',
  'admin.read_only_switched',
  'admin.person_explained',
  'admin.examined',
  'admin.hosts_asked',
  'admin.hosts_answered',
  'admin.inventory_exported',
  'admin.refused',
  'menu.intended',
  'menu.changed',
  'menu.token_changed',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Something that happened, not yet sealed. Made by the functions of `events/` only. */
export type AuditEvent = {
  readonly type: EventType;
  readonly outcome: AuditOutcome;
  /** The stable code of the refusal or failure. */
  readonly code?: string | undefined;
  readonly context: AuditContext;
  readonly details?: AuditDetails | undefined;
};

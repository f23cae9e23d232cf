/**
 * The vocabulary of the audit log: one function per thing that can happen, named after it. What a function takes is
 * what its record says. Pure.
 */
import type {
  AuditContext,
  AuditDetails,
  AuditedChange,
  AuditedField,
  AuditedRowOutcome,
  AuditEvent,
  AuditOutcome,
  EventType,
  AuditValue,
} from './event.ts';

/** Rows of one record; a larger set is spread over several records, in order, and never shortened. */
export const ROWS_PER_RECORD = 200;

/** Longest text of a name, title or reason. Values of fields have no limit. */
const MAX_TEXT_LENGTH = 1_000;

export type Refusal = { readonly code: string; readonly reason?: string | undefined };

/** A click whose form was verified. */
export type ReceivedClick = {
  readonly entityType?: string | undefined;
  readonly selectedIds: readonly number[];
  /** How many rows the page listed. */
  readonly listed: number;
  readonly payload: 'full' | 'light';
  readonly title?: string | undefined;
  readonly pageId?: number | undefined;
};

/** What an unverified form said of itself: all of it may be a lie. */
export type ClaimedClick = {
  readonly entityType?: string | undefined;
  readonly selected?: number | undefined;
  readonly bytes?: number | undefined;
};

/** A verified click became a launch. All selected rows are named, {@link ROWS_PER_RECORD} × 10 a record. */
export function clickReceived(context: AuditContext, click: ReceivedClick): readonly AuditEvent[] {
  const { selectedIds, ...described } = click;
  return inParts(selectedIds, ROWS_PER_RECORD * 10).map(({ items, ...part }) =>
    event('click.received', 'success', context, { ...described, selected: selectedIds.length, ...part, ids: items }),
  );
}

/** A click was not accepted: signature, age, replay, wrong site, malformed, too large, unknown action. */
export function clickRefused(context: AuditContext, refusal: Refusal, claimed: ClaimedClick = {}): AuditEvent {
  return refused('click.refused', context, refusal, claimed);
}

/** A launch was opened by somebody or somewhere it does not belong to, or too late. */
export function launchRefused(context: AuditContext, refusal: Refusal): AuditEvent {
  return refused('launch.refused', context, refusal);
}

/** A click made in ShotGrid's overlay goes on in a window of its own, of the same person. */
export function launchMoved(context: AuditContext): AuditEvent {
  return event('launch.moved', 'success', context);
}

/** The identity provider named a person. */
export function loginSucceeded(context: AuditContext, login: { readonly roles: readonly string[] }): AuditEvent {
  return event('login.succeeded', 'success', context, { roles: login.roles });
}

/** A sign-in did not lead to a person; `reason` tells why. */
export function loginFailed(context: AuditContext, refusal: Refusal): AuditEvent {
  return event('login.failed', 'failed', context, { reason: refusal.reason }, refusal.code);
}

/** A window gave its sign-in to the frame in ShotGrid's page that had opened it: the frame has a session from here on. */
export function loginHandedOver(context: AuditContext): AuditEvent {
  return event('login.handed_over', 'success', context);
}

export function loggedOut(context: AuditContext): AuditEvent {
  return event('logout', 'success', context);
}

/** A person, on their account page, ended sessions of theirs in other browsers; each is said as what it was. */
export function sessionsEnded(
  context: AuditContext,
  ended: { readonly sessions: readonly { readonly browser: string; readonly signedInAt: string }[] },
): AuditEvent {
  return event('sessions.ended', 'success', context, ended);
}

/** The identity provider said that a person, or one session of theirs, is over; what that ended here. */
export function backChannelLogout(
  context: AuditContext,
  ended: {
    readonly by: 'sid' | 'subject';
    /** Logins of the sessions that were ended. */
    readonly people: readonly string[];
    readonly sessions: number;
    readonly launches: number;
    readonly runs: number;
  },
): AuditEvent {
  return event('logout.back_channel', 'success', context, ended);
}

/** Somebody who is not the identity provider, or is not to be believed, asked for a logout. */
export function logoutRefused(context: AuditContext, refusal: Refusal): AuditEvent {
  return refused('logout.refused', context, refusal);
}

/** Click, identity provider and ShotGrid do not agree on who this is; `found` are the names they gave. */
export function identityRefused(
  context: AuditContext,
  refusal: Refusal,
  found: {
    readonly claimed?: string | undefined;
    readonly proven?: string | undefined;
    readonly site?: string | undefined;
  } = {},
): AuditEvent {
  return refused('identity.refused', context, refusal, found);
}

/** The person may not be acted for: the flag, the status, the policy, or ShotGrid itself says so. */
export function sudoRefused(
  context: AuditContext,
  refusal: Refusal & { readonly siteErrorId?: string | undefined },
): AuditEvent {
  return refused('sudo.refused', context, refusal, { siteErrorId: refusal.siteErrorId });
}

/** Somebody asked for a page that their groups do not open. */
export function roleRefused(
  context: AuditContext,
  asked: { readonly role: string; readonly path: string },
): AuditEvent {
  return refused('role.refused', context, { code: 'role_required' }, asked);
}

/** A form came without this browser's token, or from another site. */
export function csrfRefused(context: AuditContext, asked: { readonly path: string }): AuditEvent {
  return refused('csrf.refused', context, { code: 'csrf_invalid' }, asked);
}

/**
 * Somebody asked more often than anybody has to. The first refusal of a minute is recorded as it happens, with `seconds` 0; all of them
 * as one number when the minute is over.
 */
export function limitMet(
  context: AuditContext,
  met: { readonly limit: string; readonly per: string; readonly refused: number; readonly seconds: number },
): AuditEvent {
  return event('limit.met', 'refused', context, met, 'rate_limited');
}

/** A preview is about to be checked with ShotGrid and shown: this many rows would change. `digest` names the exact plan. */
export function planMade(
  context: AuditContext,
  plan: { readonly digest: string; readonly changes: number; readonly untouched: number },
): AuditEvent {
  return event('plan.made', 'success', context, plan);
}

/** An action could not say what it would change. */
export function planFailed(context: AuditContext, refusal: Refusal): AuditEvent {
  return event('plan.failed', 'failed', context, { reason: refusal.reason }, refusal.code);
}

/** About to happen: the person is sealed for a worker, which acts as them for minutes. What it does is in ShotGrid's own log alone. */
export function handedOff(context: AuditContext): AuditEvent {
  return event('person.handed_off', 'success', context);
}

/**
 * Another service was about to be told who the person is: by an assertion of this server, whose `jti` is `id`, or by an
 * access token of the identity provider. The proof itself is in no record.
 */
export function proofGiven(
  context: AuditContext,
  proof: { readonly kind: string; readonly audience: string; readonly id?: string | undefined },
): AuditEvent {
  return event('proof.given', 'success', context, proof);
}

/** The site is about to be asked to let the person approve in their browser that this server acts by their own session. */
export function approvalAsked(context: AuditContext): AuditEvent {
  return event('approval.asked', 'intended', context);
}

/** The person approved: their own session is kept here, sealed, until it is forgotten. It is in no record. */
export function approvalGiven(context: AuditContext): AuditEvent {
  return event('approval.given', 'success', context);
}

/** Nothing came of it, or nothing that may be kept. `approvedBy` is the login that the site named, where there is one. */
export function approvalRefused(
  context: AuditContext,
  refusal: Refusal & { readonly approvedBy?: string | undefined },
): AuditEvent {
  return refused('approval.refused', context, refusal, { approvedBy: refusal.approvedBy });
}

/** The person's own session was forgotten: because they said so, or, with a refusal, because the site does not take it any more. */
export function approvalEnded(context: AuditContext, refusal?: Refusal): AuditEvent {
  if (refusal === undefined) return event('approval.ended', 'success', context);
  return event('approval.ended', 'refused', context, { reason: refusal.reason }, refusal.code);
}

/**
 * The person confirmed the plan with this digest. `undoOf` is the run that it takes back, `retryOf` the one it goes on with,
 * `runOf` the login that run was done as: where an admin undoes for somebody, not the context's person.
 */
export function runConfirmed(
  context: AuditContext,
  run: {
    readonly digest: string;
    readonly undoOf?: string | undefined;
    readonly retryOf?: string | undefined;
    readonly runOf?: string | undefined;
  },
): AuditEvent {
  return event('run.confirmed', 'success', context, run);
}

/** A confirmation was not acted on: run already, plan changed, launch expired … */
export function runRefused(context: AuditContext, refusal: Refusal): AuditEvent {
  return refused('run.refused', context, refusal);
}

/** Somebody, the context's person, asked a run to stop before its next batch. `runOf` is the login that it acts as. */
export function runCancelled(
  context: AuditContext,
  run: { readonly runOf: string; readonly because?: 'logout' | undefined },
): AuditEvent {
  return event('run.cancelled', 'success', context, run);
}

/** What a run is about to write; durable before the first write. Nothing to change is said too. */
export function changesIntended(context: AuditContext, changes: readonly AuditedChange[]): readonly AuditEvent[] {
  const rows = changes.map((change, position) => ({ position, ...change }));
  return inParts(rows, ROWS_PER_RECORD).map(({ items, ...part }) =>
    event('changes.intended', 'intended', context, { ...part, total: changes.length, rows: items.map(rowOf) }),
  );
}

/** What became of some of a run's rows, as soon as it is known. */
export function changesPerformed(context: AuditContext, outcomes: readonly AuditedRowOutcome[]): readonly AuditEvent[] {
  return inParts(outcomes, ROWS_PER_RECORD).map(({ items, ...part }) =>
    event('changes.performed', worstOf(items.map((row) => row.outcome)), context, { ...part, rows: items.map(rowOf) }),
  );
}

/** A run came to its end; `counts` are rows by outcome. */
export function runFinished(
  context: AuditContext,
  run: { readonly counts: Readonly<Record<string, number>>; readonly note?: string | undefined },
): AuditEvent {
  const words = Object.keys(run.counts).filter((word) => (run.counts[word] ?? 0) > 0);
  return event('run.finished', worstOf(words), context, run);
}

/** An auditor looked for records. `filter` is what they asked for, as in the address bar. */
export function auditSearched(
  context: AuditContext,
  search: { readonly filter: Readonly<Record<string, string>>; readonly found: number },
): AuditEvent {
  return event('audit.searched', 'success', context, search);
}

/** An auditor opened one record. */
export function auditRecordRead(context: AuditContext, record: { readonly seq: number }): AuditEvent {
  return event('audit.record_read', 'success', context, record);
}

/** An auditor begins to take records away: durable before the first of them leaves. `filter` as in the address bar. */
export function auditExportStarted(
  context: AuditContext,
  wanted: { readonly format: string; readonly filter: Readonly<Record<string, string>>; readonly matching: number },
): AuditEvent {
  return event('audit.export_started', 'intended', context, wanted);
}

/** An export ended; `records` left the server, `complete` says whether they were all; `checkpoint` is the size of the one that covers them. */
export function auditExported(
  context: AuditContext,
  sent: {
    readonly format: string;
    readonly filter: Readonly<Record<string, string>>;
    readonly records: number;
    readonly complete: boolean;
    readonly checkpoint?: number | undefined;
  },
): AuditEvent {
  return event('audit.exported', sent.complete ? 'success' : 'failed', context, sent);
}

/** The log was compared with ShotGrid's event log; `findings` are lines of the report by kind. */
export function auditReconciled(
  context: AuditContext,
  compared: {
    readonly from: string;
    readonly to: string;
    readonly siteEvents: number;
    readonly findings: Readonly<Record<string, number>>;
  },
): AuditEvent {
  return event('audit.reconciled', 'success', context, compared);
}

/** Somebody had the chain checked. */
export function auditVerified(
  context: AuditContext,
  result: { readonly intact: boolean; readonly size?: number; readonly brokenAt?: number; readonly reason?: string },
): AuditEvent {
  return event('audit.verified', result.intact ? 'success' : 'failed', context, result);
}

/**
 * Records up to `lastSeq` are leaving the database for a file. The database lets go of exactly these, and only because
 * this record says so; `head` is the hash of the last of them, from which the chain goes on.
 */
export function auditArchived(
  context: AuditContext,
  archive: {
    readonly firstSeq: number;
    readonly lastSeq: number;
    readonly head: string;
    /** SHA-256 of the file, 64 lower-case hex digits. */
    readonly fileSha256: string;
    /** The system account that ran the command. */
    readonly operator?: string | undefined;
  },
): AuditEvent {
  return event('audit.archived', 'success', context, archive);
}

/** The context's person switched the context's action off, for this reason, or on again. */
export function actionSwitched(
  context: AuditContext,
  act: { readonly isOn: boolean; readonly reason?: string | undefined },
): AuditEvent {
  return event('admin.action_switched', 'success', context, act);
}

/** The context's person forbade all changes, for this reason, or allowed them again. */
export function readOnlySwitched(
  context: AuditContext,
  act: { readonly isReadOnly: boolean; readonly reason?: string | undefined },
): AuditEvent {
  return event('admin.read_only_switched', 'success', context, act);
}

/** The context's person asked what a click of `about` would get; `verdict` is `allowed` or the code of a refusal. */
export function personExplained(
  context: AuditContext,
  asked: { readonly about: string; readonly from: 'claims' | 'person'; readonly verdict: string },
): AuditEvent {
  return event('admin.person_explained', 'success', context, asked);
}

/** The context's person had the set-up looked at; with `asLogin` a token of that person is about to be asked for. */
export function examined(context: AuditContext, asked: { readonly asLogin?: string | undefined }): AuditEvent {
  return event('admin.examined', 'success', context, asked);
}

/** The hosts of other people's menu items are about to be asked whether they answer, by the context's person's wish. */
export function hostsAsked(context: AuditContext): AuditEvent {
  return event('admin.hosts_asked', 'intended', context);
}

/** What {@link hostsAsked} found out, by `host:port`; undefined: they were not asked, since the site did not say which. */
export function hostsAnswered(
  context: AuditContext,
  { found }: { readonly found: ReadonlyMap<string, string> | undefined },
): AuditEvent {
  const hosts = [...(found ?? [])].map(([host, reach]) => ({ host, reach }));
  return event('admin.hosts_answered', found === undefined ? 'failed' : 'success', context, { hosts });
}

/** The context's person takes the list of menu items away; durable before it leaves. */
export function inventoryExported(
  context: AuditContext,
  taken: { readonly format: string; readonly query: string; readonly items: number },
): AuditEvent {
  return event('admin.inventory_exported', 'success', context, taken);
}

/** An administrator's act was not done. */
export function adminRefused(context: AuditContext, refusal: Refusal, asked: { readonly path: string }): AuditEvent {
  return refused('admin.refused', context, refusal, asked);
}

/** One of ShotGrid's menu items that an administrative act is about; `id` is absent for one that is yet to be made. */
export type AuditedMenuItem = {
  readonly kind: 'create' | 'update' | 'retire';
  readonly action: string;
  readonly id?: number | undefined;
  readonly title: string;
  readonly entityType?: string | undefined;
  readonly fields: readonly AuditedField[];
};

/** Menu items are about to be changed from the command line, which proves nobody's name: the context's person is what was said. */
export function menuIntended(
  context: AuditContext,
  { act, items }: { readonly act: 'apply' | 'prune'; readonly items: readonly AuditedMenuItem[] },
): AuditEvent {
  return event('menu.intended', 'intended', context, {
    by: 'command line',
    act,
    items: items as readonly AuditValue[],
  });
}

/** What became of the items of {@link menuIntended}, in their order. */
export function menuChanged(
  context: AuditContext,
  done: {
    readonly act: 'apply' | 'prune';
    readonly items: readonly (Omit<AuditedMenuItem, 'fields'> & {
      readonly outcome: string;
      readonly detail?: string | undefined;
    })[];
  },
): AuditEvent {
  const words = done.items.map(({ outcome }) => MENU_OUTCOMES.get(outcome) ?? 'failed');
  const { act, items } = done;
  const details = { by: 'command line', act, items: items as readonly AuditValue[] };
  return event('menu.changed', worstOf(words), context, details);
}

const MENU_OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['done', 'done'],
  ['unknown', 'unknown'],
  ['refused', 'refused'],
]);

/** One step of the change of a menu item's secret token, as soon as it was done. The token has no place here. */
export function menuTokenChanged(
  context: AuditContext,
  step: {
    readonly step: string;
    readonly items?: readonly number[] | undefined;
    readonly until?: string | undefined;
  },
): AuditEvent {
  return event('menu.token_changed', 'success', context, { by: 'command line', ...step });
}

function refused(type: EventType, context: AuditContext, refusal: Refusal, details: AuditDetails = {}): AuditEvent {
  return event(type, 'refused', context, { ...details, reason: refusal.reason }, refusal.code);
}

function event(
  type: EventType,
  outcome: AuditOutcome,
  context: AuditContext,
  details: AuditDetails = {},
  code?: string,
): AuditEvent {
  return {
    type,
    outcome,
    ...(code === undefined ? {} : { code }),
    context: mapTexts(context, capText) as AuditContext,
    details: 'rows' in details ? details : (mapTexts(details, capText) as AuditDetails),
  };
}

/** Values of fields stay whole; the words around them are capped like all others. */
function rowOf(row: (AuditedChange & { readonly position: number }) | AuditedRowOutcome): AuditValue {
  const { fields, ...words } = row;
  const capped = mapTexts(words, capText) as Readonly<Record<string, AuditValue>>;
  return fields === undefined ? capped : { ...capped, fields: fields as readonly AuditValue[] };
}

type Part<T> = { readonly part: number; readonly parts: number; readonly items: readonly T[] };

/** At least one part, so that an empty set is recorded as one. */
function inParts<T>(items: readonly T[], size: number): readonly Part<T>[] {
  const parts = Math.max(1, Math.ceil(items.length / size));
  return Array.from({ length: parts }, (_, index) => ({
    part: index + 1,
    parts,
    items: items.slice(index * size, (index + 1) * size),
  }));
}

/** One outcome for many rows: whatever asks most for a person's attention. */
function worstOf(words: readonly string[]): AuditOutcome {
  if (words.includes('unknown')) return 'unknown';
  if (['failed', 'waiting', 'not_done'].some((word) => words.includes(word))) return 'failed';
  if (words.includes('refused')) return 'refused';
  return 'success';
}

function capText(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  return `${text.slice(0, MAX_TEXT_LENGTH)}… (${text.length - MAX_TEXT_LENGTH} more characters)`;
}

/** A copy in which every text, however deep, is passed through `change`. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}

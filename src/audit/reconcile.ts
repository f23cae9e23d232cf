/**
 * Our records against ShotGrid's own event log: what one side knows and the other does not. Pure: both sides are given,
 * and what cannot be known from them is not claimed.
 */

/** A click in our log, accepted or refused. */
export type OurClick = {
  readonly seq: number;
  readonly time: Date;
  readonly personId: number | undefined;
  readonly login: string | undefined;
  readonly sessionUuid: string | undefined;
  /** Only a light payload surely leaves a row in the event log. */
  readonly isLight: boolean;
};

/** A row of a run as our records tell it. */
export type OurRow = {
  /** The record that says the outcome; that of the intent where there is no outcome. */
  readonly seq: number;
  readonly runId: string;
  readonly personId: number | undefined;
  readonly login: string | undefined;
  /** Done by the person's own session: ShotGrid's log names no script then. */
  readonly bySelf: boolean;
  readonly kind: 'update' | 'create' | 'delete' | 'revive';
  readonly entityType: string;
  /** Absent for a row that was to be created and whose number was never known. */
  readonly id: number | undefined;
  readonly fields: readonly string[];
  /** `none`: the log ends before it says what became of the row. */
  readonly outcome: 'done' | 'already_so' | 'refused' | 'failed' | 'unknown' | 'not_done' | 'none';
  /** It was written between these, if it was. */
  readonly intendedAt: Date;
  readonly settledAt: Date;
};

/** A row of the event log; see `SiteEvent` of the client for what its parts mean. */
export type TheirEvent = {
  readonly id: number;
  readonly time: Date;
  readonly type: string;
  readonly attribute: string | undefined;
  readonly user: { readonly type: string; readonly id: number; readonly name?: string | undefined } | undefined;
  readonly sessionUuid: string | undefined;
  readonly actualUser: { readonly type: string; readonly id: number } | undefined;
  readonly entity: { readonly type: string; readonly id: number } | undefined;
  readonly isEcho: boolean;
  readonly amiPayload: Readonly<Record<string, unknown>> | undefined;
};

export type FindingKind =
  | 'click_unseen' // ShotGrid saw a click that we have no record of
  | 'click_not_on_site' // we have a record of a click that ShotGrid should have and has not
  | 'write_unexplained' // our script wrote as somebody, and no run of ours did
  | 'done_not_on_site' // we call a row done that the event log does not show
  | 'not_done_but_on_site' // we call a row refused or failed, and the event log shows it written
  | 'unknown_done' // nobody could tell; the event log shows it written
  | 'unknown_not_done'; // nobody could tell; the event log does not show it written

export type Finding = {
  readonly kind: FindingKind;
  readonly time: Date;
  /** Our side: the number of the record. */
  readonly seq?: number | undefined;
  readonly runId?: string | undefined;
  /** Their side: numbers of rows of the event log. */
  readonly eventIds: readonly number[];
  readonly person?: string | undefined;
  readonly entity?: { readonly type: string; readonly id: number } | undefined;
  readonly detail: string;
};

/** Clocks of the two differ, and events become visible a little later. */
export const SLACK_MS = 5 * 60_000;

/** Between the intent and the last outcome of a run, as far as both are looked for. */
export const LONGEST_RUN_MS = 60 * 60_000;

export const CLICK_EVENT = 'Shotgun_ActionMenuItem_Triggered';

/**
 * @param given.clicks, given.rows, given.events - Of the span and of {@link SLACK_MS} around it, rows of a day before it too.
 * @param given.span - What is judged; what lies around it only explains.
 * @param given.scriptId - Number of our script's ApiUser.
 */
export function reconcile(given: {
  readonly clicks: readonly OurClick[];
  readonly rows: readonly OurRow[];
  readonly events: readonly TheirEvent[];
  readonly span: { readonly from: Date; readonly to: Date };
  readonly scriptId: number | undefined;
}): readonly Finding[] {
  const { clicks, rows, span, scriptId } = given;
  const bySelf = rows.filter((row) => row.bySelf);
  const byScript = rows.filter((row) => !row.bySelf);
  const isJudged = (time: Date): boolean => time >= span.from && time < span.to;
  const ours = given.events.filter(
    ({ actualUser }) => actualUser?.type === 'ApiUser' && scriptId !== undefined && actualUser.id === scriptId,
  );
  // What people did by their own sessions looks like what they do in ShotGrid's own pages: it explains rows, and needs no run.
  const theirOwn = given.events.filter(
    ({ actualUser, user }) => actualUser === undefined && user?.type === 'HumanUser',
  );
  const triggered = given.events.filter(({ type }) => type === CLICK_EVENT);
  return [
    ...compareClicks(clicks, triggered, isJudged),
    ...compareRows(byScript, ours, isJudged),
    ...compareRows(bySelf, theirOwn, isJudged),
    ...unexplained(byScript, ours, isJudged),
  ].sort((a, b) => a.time.getTime() - b.time.getTime());
}

type IsJudged = (time: Date) => boolean;

/** Each of theirs has at most one of ours, the nearest in time of the same person and window. */
function compareClicks(
  clicks: readonly OurClick[],
  triggered: readonly TheirEvent[],
  isJudged: IsJudged,
): readonly Finding[] {
  const free = new Set(clicks);
  const findings: Finding[] = [];
  for (const event of triggered) {
    const matching = [...free].filter((click) => isSameClick(click, event));
    const nearest = matching.sort((a, b) => distance(a.time, event.time) - distance(b.time, event.time))[0];
    if (nearest !== undefined) free.delete(nearest);
    else if (isJudged(event.time)) {
      findings.push({
        kind: 'click_unseen',
        time: event.time,
        eventIds: [event.id],
        person: event.user?.name,
        detail:
          'ShotGrid saw this click and this log did not. It may have been a menu item of another server: the event log does not say which.',
      });
    }
  }
  for (const click of free) {
    if (!click.isLight || !isJudged(click.time)) continue;
    findings.push({
      kind: 'click_not_on_site',
      time: click.time,
      seq: click.seq,
      eventIds: [],
      person: click.login,
      detail: 'A light payload is a row of the event log, and ShotGrid shows none for this click.',
    });
  }
  return findings;
}

function isSameClick(click: OurClick, event: TheirEvent): boolean {
  if (distance(click.time, event.time) > SLACK_MS) return false;
  if (click.sessionUuid !== undefined && event.sessionUuid !== undefined)
    return click.sessionUuid === event.sessionUuid;
  if (click.personId !== undefined) return click.personId === event.user?.id;
  return click.login !== undefined && click.login === event.amiPayload?.['user_login'];
}

function compareRows(rows: readonly OurRow[], events: readonly TheirEvent[], isJudged: IsJudged): readonly Finding[] {
  const byEntity = groupBy(events, ({ entity }) => (entity === undefined ? '' : `${entity.type}:${entity.id}`));
  return rows.flatMap((row): readonly Finding[] => {
    if (!isJudged(row.settledAt) || row.id === undefined) return [];
    const near = (byEntity.get(`${row.entityType}:${row.id}`) ?? []).filter((event) => isWithin(row, event));
    const { missing, found } = evidenceOf(row, near);
    const about = {
      time: row.settledAt,
      seq: row.seq,
      runId: row.runId,
      eventIds: found.map(({ id }) => id),
      person: row.login,
      entity: { type: row.entityType, id: row.id },
    };
    switch (row.outcome) {
      case 'already_so':
      case 'not_done':
        return [];
      case 'done':
        return missing.length === 0
          ? []
          : [{ ...about, kind: 'done_not_on_site', detail: `The event log does not show it: ${missing.join(', ')}.` }];
      case 'refused':
      case 'failed':
        return found.length === 0
          ? []
          : [
              {
                ...about,
                kind: 'not_done_but_on_site',
                detail: `This log says ${row.outcome}; the event log shows a write.`,
              },
            ];
      case 'unknown':
      case 'none':
        if (missing.length === 0) {
          return [{ ...about, kind: 'unknown_done', detail: 'Settled: the event log shows that it was written.' }];
        }
        return [
          {
            ...about,
            kind: 'unknown_not_done',
            detail:
              found.length === 0
                ? 'Settled: the event log shows no write.'
                : `Settled in part: the event log does not show ${missing.join(', ')}.`,
          },
        ];
    }
  });
}

/** What of a row's change the event log shows, and what not. */
function evidenceOf(
  row: OurRow,
  near: readonly TheirEvent[],
): { readonly missing: readonly string[]; readonly found: readonly TheirEvent[] } {
  const ending = { create: '_New', delete: '_Retirement', revive: '_Revival' };
  if (row.kind !== 'update') {
    const found = near.filter(({ type }) => type === `Shotgun_${row.entityType}${ending[row.kind as 'create']}`);
    return { missing: found.length === 0 ? [row.kind] : [], found };
  }
  const found = near.filter((event) => !event.isEcho && row.fields.includes(event.attribute ?? ''));
  const shown = new Set(found.map(({ attribute }) => attribute));
  return { missing: row.fields.filter((field) => !shown.has(field)), found };
}

/** Writes of our script that nothing in our log accounts for. What a write sets off on the same row is accounted for by it. */
function unexplained(rows: readonly OurRow[], events: readonly TheirEvent[], isJudged: IsJudged): readonly Finding[] {
  const known = groupBy(rows, ({ entityType, id }) => `${entityType}:${id ?? 'new'}`);
  return events.flatMap((event): readonly Finding[] => {
    const { entity } = event;
    if (event.isEcho || entity === undefined || !isJudged(event.time)) return [];
    const own = known.get(`${entity.type}:${entity.id}`) ?? [];
    const born = event.type.endsWith('_New') ? (known.get(`${entity.type}:new`) ?? []) : [];
    const isKnown = [...own, ...born].some(
      (row) => row.outcome !== 'already_so' && row.outcome !== 'not_done' && isWithin(row, event),
    );
    if (isKnown) return [];
    return [
      {
        kind: 'write_unexplained',
        time: event.time,
        eventIds: [event.id],
        person: event.user?.name,
        entity,
        detail: `Our script wrote as ${event.user?.name ?? 'somebody'} (${event.type}${event.attribute === undefined ? '' : `, ${event.attribute}`}), and no run in this log accounts for it.`,
      },
    ];
  });
}

function isWithin(row: OurRow, event: TheirEvent): boolean {
  if (row.personId !== undefined && event.user !== undefined && event.user.id !== row.personId) return false;
  const time = event.time.getTime();
  // Without an outcome nobody said when writing ended.
  const after = row.outcome === 'none' ? LONGEST_RUN_MS : SLACK_MS;
  return time >= row.intendedAt.getTime() - SLACK_MS && time <= row.settledAt.getTime() + after;
}

function distance(a: Date, b: Date): number {
  return Math.abs(a.getTime() - b.getTime());
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

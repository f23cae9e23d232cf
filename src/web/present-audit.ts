/** Records of the audit log as an auditor reads them: the lines of a list, or one record with its rows and its story. Pure. */
import type { AuditValue } from '../audit/event.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { AuditFilter } from '../audit/search-filter.ts';
import type { FilterName, SearchQuery } from '../audit/search-query.ts';
import { executorOf, type Executor } from '../audit/executor.ts';
import { FILTER_NAMES } from '../audit/search-query.ts';
import type { Story } from '../audit/story.ts';
import { EVENT_MEANINGS } from '../audit/vocabulary.ts';
import { detailUrl } from '../shotgrid/links.ts';

/** The page's address with these parts of the filter changed. */
export type HrefOf = (changes: Readonly<Record<string, string | undefined>>) => string;

export type RecordLine = {
  readonly seq: number;
  /** UTC, to the second. */
  readonly time: string;
  readonly type: string;
  readonly outcome: string;
  readonly code: string | undefined;
  readonly person: string | undefined;
  /** Nobody but the click itself says that it was this person. */
  readonly isClaim: boolean;
  readonly realActor: string | undefined;
  readonly actionId: string | undefined;
  readonly reference: string | undefined;
  /** What it is about, in a few words. */
  readonly about: string;
  readonly personHref: string;
  readonly referenceHref: string;
};

/** `before` and `after` as ShotGrid stores them: codes, not labels, since labels change. */
export type RecordRow = {
  readonly name: string;
  readonly href: string | undefined;
  readonly kind: string | undefined;
  readonly outcome: string | undefined;
  readonly detail: string | undefined;
  readonly siteErrorId: string | undefined;
  readonly fields: readonly { readonly label: string; readonly before: string | undefined; readonly after: string }[];
};

const FILTER_LABELS: Readonly<Record<FilterName, string>> = {
  text: 'Words in names',
  person: 'Person',
  entity: 'Row',
  from: 'From',
  to: 'To',
  outcome: 'Outcome',
  type: 'Event',
  realActor: 'Real actor',
  executor: 'Done by',
  subject: 'Subject at the provider',
  actionId: 'Action',
  field: 'Field',
  project: 'Project',
  code: 'Code',
  runId: 'Run',
  launchId: 'Click',
  undoOf: 'Undo of run',
  reference: 'Reference',
  clientAddress: 'Client address',
};

/** What is narrowed by now, each with the address without it. */
export function presentFilters(typed: SearchQuery['typed'], hrefOf: HrefOf) {
  return FILTER_NAMES.flatMap((name) => {
    const value = typed[name];
    return value === undefined ? [] : [{ label: FILTER_LABELS[name], value, href: hrefOf({ [name]: undefined }) }];
  });
}

const DAY_MS = 86_400_000;

/** Spans of time that are asked for most, in days of UTC. */
export function presentSpans(now: Date, filter: AuditFilter, hrefOf: HrefOf) {
  const day = (offset: number): string => new Date(now.getTime() + offset * DAY_MS).toISOString().slice(0, 10);
  const spans = [
    { label: 'Today', from: day(0), to: day(0) },
    { label: 'Yesterday', from: day(-1), to: day(-1) },
    { label: 'Last 7 days', from: day(-6), to: day(0) },
    { label: 'Last 30 days', from: day(-29), to: day(0) },
    { label: 'All time', from: undefined, to: undefined },
  ];
  return spans.map(({ label, from, to }) => ({
    label,
    href: hrefOf({ from, to }),
    isCurrent:
      from === undefined
        ? filter.from === undefined && filter.to === undefined
        : filter.from?.getTime() === new Date(from).getTime() &&
          filter.to?.getTime() === new Date(to).getTime() + DAY_MS,
  }));
}

export function presentRecordLine(record: AuditRecord, hrefOf: HrefOf = plainHref): RecordLine {
  const { seq, content } = record;
  return {
    seq,
    time: timeText(content.time),
    type: content.type,
    outcome: content.outcome,
    code: content.code,
    person: content.person?.login,
    isClaim: content.person?.proven === false,
    realActor: content.realActor?.name,
    actionId: content.actionId,
    reference: content.reference,
    about: aboutOf(record),
    personHref: hrefOf({ person: content.person?.login }),
    referenceHref: plainHref({ reference: content.reference }),
  };
}

/** One record with everything around it. */
export function presentRecord(record: AuditRecord, story: Story, siteUrl: string) {
  const { content, hash } = record;
  const { launchId, runId } = content;
  return {
    record: { ...presentRecordLine(record), hash },
    meaning: Object.hasOwn(EVENT_MEANINGS, content.type)
      ? EVENT_MEANINGS[content.type as keyof typeof EVENT_MEANINGS]
      : undefined,
    facts: factsOf(record),
    rows: presentRecordRows(record, siteUrl),
    part: partText(content.details),
    pretty: JSON.stringify(content, null, 2),
    story: story.records.map((one) => ({ ...presentRecordLine(one), isThis: one.seq === record.seq })),
    isStoryCut: story.isCut,
    storyHref: plainHref(launchId === undefined ? { runId } : { launchId }),
    takesBack: story.takesBack && presentRecordLine(story.takesBack),
    takenBackBy: story.takenBackBy.map((one) => presentRecordLine(one)),
    exportHref: `/audit/export?${new URLSearchParams({
      format: 'log',
      ...(launchId !== undefined
        ? { launchId }
        : runId !== undefined
          ? { runId }
          : { reference: content.reference ?? '' }),
    }).toString()}`,
  };
}

const EXECUTOR_TEXTS: Readonly<Record<Executor, string>> = {
  script: 'the script, as the person',
  self: 'the person’s own session',
};

function factsOf({ content: c, hash }: AuditRecord) {
  const executor = executorOf(c);
  const facts: readonly (readonly [label: string, value: string | undefined, href?: string | undefined])[] = [
    ['Time (UTC)', c.time],
    [
      'Acted for',
      c.person && `${c.person.login}${c.person.proven ? '' : ' (claimed, not proven)'}`,
      link('person', c.person?.login),
    ],
    ['Real actor', c.realActor && `${c.realActor.name} (${c.realActor.type})`, link('realActor', c.realActor?.name)],
    ['Done by', executor && EXECUTOR_TEXTS[executor], link('executor', executor)],
    [
      'At the provider',
      c.subject && `${c.subject.subject} at ${c.subject.issuer}`,
      link('subject', c.subject?.subject),
    ],
    ['Action', c.actionId, link('actionId', c.actionId)],
    ['Code', c.code, link('code', c.code)],
    [
      'Project',
      c.project && `${c.project.name ?? 'Project'} (${c.project.id})`,
      link('project', c.project && String(c.project.id)),
    ],
    ['Run', c.runId, link('runId', c.runId)],
    ['Click', c.launchId, link('launchId', c.launchId)],
    ['Reference', c.reference, link('reference', c.reference)],
    ['Client address', c.clientAddress, link('clientAddress', c.clientAddress)],
    ['Browser window', c.sessionUuid],
    ['Hash', hash],
  ];
  return facts.flatMap(([label, value, href]) => (value === undefined ? [] : [{ label, value, href }]));
}

function link(name: FilterName, value: string | undefined): string | undefined {
  return value === undefined ? undefined : plainHref({ [name]: value });
}

function plainHref(changes: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/audit?${new URLSearchParams(given).toString()}`;
}

/** The rows that a record names, if it is of a kind that does; empty for everything else. */
function presentRecordRows({ content }: AuditRecord, siteUrl: string): readonly RecordRow[] {
  return objectsIn(content.details?.['rows']).map((row) => ({
    name: rowName(row),
    href: rowHref(row, siteUrl),
    kind: textOf(row['kind']),
    outcome: textOf(row['outcome']),
    detail: textOf(row['detail']),
    siteErrorId: textOf(row['siteErrorId']),
    fields: objectsIn(row['fields']).map((field) => ({
      label: textOf(field['field']) ?? '',
      before: Object.hasOwn(field, 'before') ? plain(field['before']) : undefined,
      after: plain(field['after']),
    })),
  }));
}

/** `HSM_10_0010 (Version 6933)`. */
function rowName(row: AuditObject): string {
  const [type, id, name] = [textOf(row['entityType']) ?? 'row', textOf(row['id']), textOf(row['name'])];
  const numbered = `${type}${id === undefined ? '' : ` ${id}`}`;
  return name === undefined || name === numbered ? numbered : `${name} (${numbered})`;
}

function rowHref({ entityType, id }: AuditObject, siteUrl: string): string | undefined {
  if (typeof entityType !== 'string' || typeof id !== 'number') return undefined;
  try {
    return detailUrl(siteUrl, entityType, id);
  } catch {
    // A record may hold what was refused for its shape.
    return undefined;
  }
}

/** What a record is about in its list: its rows, or what it counts. */
function aboutOf({ content }: AuditRecord): string {
  const details = content.details ?? {};
  const rows = objectsIn(details['rows']);
  const [first] = rows;
  if (first !== undefined) {
    const total = typeof details['total'] === 'number' ? details['total'] : rows.length;
    return total === 1 ? rowName(first) : `${rowName(first)} and ${total - 1} more`;
  }
  const { selected, entityType, changes, counts, filter, seq, path, format } = details;
  if (typeof selected === 'number') return `${selected} × ${textOf(entityType) ?? 'rows'} selected`;
  if (typeof changes === 'number') return `${changes} would change`;
  if (isObject(counts)) {
    return Object.entries(counts)
      .flatMap(([word, count]) =>
        typeof count === 'number' && count > 0 ? [`${count} ${word.replaceAll('_', ' ')}`] : [],
      )
      .join(', ');
  }
  if (typeof seq === 'number') return `record ${seq}`;
  if (isObject(filter)) {
    const asked = Object.entries(filter).map(([name, value]) => `${name} ${textOf(value) ?? ''}`);
    return [textOf(format), asked.length === 0 ? 'everything' : asked.join(', ')].filter(Boolean).join(': ');
  }
  return textOf(path) ?? textOf(details['reason']) ?? '';
}

function partText(details: AuditObject | undefined): string | undefined {
  const { part, parts } = details ?? {};
  return typeof part === 'number' && typeof parts === 'number' && parts > 1 ? `Part ${part} of ${parts}` : undefined;
}

type AuditObject = Readonly<Record<string, AuditValue | undefined>>;

function isObject(value: AuditValue | undefined): value is Readonly<Record<string, AuditValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectsIn(value: AuditValue | undefined): readonly AuditObject[] {
  return Array.isArray(value) ? (value as readonly AuditValue[]).filter(isObject) : [];
}

function textOf(value: AuditValue | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function plain(value: AuditValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function timeText(time: string): string {
  return time.replace('T', ' ').replace(/\.\d+Z$/, '');
}

/** Records of the audit log as an auditor lists them: what the list is narrowed by, and its lines. Pure. */
import type { AuditRecord } from '../audit/record.ts';
import type { AuditFilter } from '../audit/search-filter.ts';
import type { FilterName, SearchQuery } from '../audit/search-query.ts';
import { FILTER_NAMES } from '../audit/search-query.ts';
import type { TextKey } from '../texts/language.ts';
import type { Texts } from '../texts/texts.ts';
import { isObject, objectsIn, rowName, textOf, type AuditObject } from './record-details.ts';

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
  /** Of those words, where they are a sentence that was sealed with the record. */
  readonly aboutLanguage: 'en' | undefined;
  readonly personHref: string;
  readonly referenceHref: string;
};

const FILTER_LABELS: Readonly<Record<FilterName, TextKey>> = {
  text: 'audit.words',
  person: 'audit.person',
  entity: 'audit.row',
  from: 'audit.from',
  to: 'audit.to',
  outcome: 'audit.outcome',
  type: 'audit.event',
  realActor: 'audit.realActor',
  executor: 'audit.executor',
  subject: 'audit.subject',
  actionId: 'audit.action',
  field: 'audit.field',
  project: 'audit.project',
  code: 'audit.code',
  runId: 'audit.run',
  launchId: 'audit.click',
  undoOf: 'audit.undoOf',
  reference: 'audit.reference',
  clientAddress: 'audit.clientAddress',
};

/** What is narrowed by now, each with the address without it. */
export function presentFilters({ t }: Texts, typed: SearchQuery['typed'], hrefOf: HrefOf) {
  return FILTER_NAMES.flatMap((name) => {
    const value = typed[name];
    return value === undefined ? [] : [{ label: t(FILTER_LABELS[name]), value, href: hrefOf({ [name]: undefined }) }];
  });
}

const DAY_MS = 86_400_000;

/** Spans of time that are asked for most, in days of UTC. */
export function presentSpans({ t }: Texts, now: Date, filter: AuditFilter, hrefOf: HrefOf) {
  const day = (offset: number): string => new Date(now.getTime() + offset * DAY_MS).toISOString().slice(0, 10);
  const spans = [
    { label: t('audit.today'), from: day(0), to: day(0) },
    { label: t('audit.yesterday'), from: day(-1), to: day(-1) },
    { label: t('audit.lastDays', { days: 7 }), from: day(-6), to: day(0) },
    { label: t('audit.lastDays', { days: 30 }), from: day(-29), to: day(0) },
    { label: t('audit.allTime'), from: undefined, to: undefined },
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

export function presentRecordLine(texts: Texts, record: AuditRecord, hrefOf: HrefOf = searchHref): RecordLine {
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
    ...aboutOf(texts, record),
    personHref: hrefOf({ person: content.person?.login }),
    referenceHref: searchHref({ reference: content.reference }),
  };
}

/** A search for nothing but these. */
export function searchHref(changes: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/audit?${new URLSearchParams(given).toString()}`;
}

/** What a record is about in its list: its rows, what it counts, or else why something was refused. */
function aboutOf(texts: Texts, { content }: AuditRecord): Pick<RecordLine, 'about' | 'aboutLanguage'> {
  const counted = countedText(texts, content.details ?? {}) ?? textOf(content.details?.['path']);
  if (counted !== undefined) return { about: counted, aboutLanguage: undefined };
  const reason = textOf(content.details?.['reason']);
  // A reason without a code was typed by somebody, in a language of their own.
  return { about: reason ?? '', aboutLanguage: reason === undefined || content.code === undefined ? undefined : 'en' };
}

function countedText(texts: Texts, details: AuditObject): string | undefined {
  const { t } = texts;
  const rows = objectsIn(details['rows']);
  const [first] = rows;
  if (first !== undefined) {
    const total = typeof details['total'] === 'number' ? details['total'] : rows.length;
    const row = rowName(texts, first);
    return total === 1 ? row : t('audit.aboutRows', { row, others: total - 1 });
  }
  const { selected, entityType, changes, counts, filter, seq, format } = details;
  if (typeof selected === 'number') {
    const type = textOf(entityType);
    return type === undefined
      ? t('audit.aboutSelectedRows', { count: selected })
      : t('audit.aboutSelected', { count: selected, type });
  }
  if (typeof changes === 'number') return t('audit.aboutChanges', { count: changes });
  if (isObject(counts)) {
    return Object.entries(counts)
      .flatMap(([word, count]) =>
        typeof count === 'number' && count > 0 ? [t('audit.howMany', { count, what: word.replaceAll('_', ' ') })] : [],
      )
      .join(', ');
  }
  if (typeof seq === 'number') return t('audit.aboutRecord', { seq });
  if (isObject(filter)) {
    const asked = Object.entries(filter).map(([name, value]) => `${name} ${textOf(value) ?? ''}`);
    return [textOf(format), asked.length === 0 ? t('audit.everything') : asked.join(', ')].filter(Boolean).join(': ');
  }
  return undefined;
}

function timeText(time: string): string {
  return time.replace('T', ' ').replace(/\.\d+Z$/, '');
}

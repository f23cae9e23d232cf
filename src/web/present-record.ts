/** One record of the audit log as an auditor reads it: its parts, its rows, and the story that it belongs to. Pure. */
import type { AuditValue } from '../audit/event.ts';
import { executorOf, type Executor } from '../audit/executor.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { FilterName } from '../audit/search-query.ts';
import type { Story } from '../audit/story.ts';
import { detailUrl } from '../shotgrid/links.ts';
import type { TextKey } from '../texts/language.ts';
import type { Texts } from '../texts/texts.ts';
import { EVENT_MEANINGS } from './event-meanings.ts';
import { presentRecordLine, searchHref } from './present-records.ts';
import { objectsIn, rowName, textOf, type AuditObject } from './record-details.ts';

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

export function presentRecord(texts: Texts, record: AuditRecord, story: Story, siteUrl: string) {
  const { content, hash } = record;
  const { launchId, runId } = content;
  return {
    record: { ...presentRecordLine(texts, record), hash },
    meaning: Object.hasOwn(EVENT_MEANINGS, content.type)
      ? texts.t(EVENT_MEANINGS[content.type as keyof typeof EVENT_MEANINGS])
      : undefined,
    facts: factsOf(texts, record),
    rows: rowsOf(texts, record, siteUrl),
    part: partText(texts, content.details),
    pretty: JSON.stringify(content, null, 2),
    story: story.records.map((one) => ({ ...presentRecordLine(texts, one), isThis: one.seq === record.seq })),
    isStoryCut: story.isCut,
    storyHref: searchHref(launchId === undefined ? { runId } : { launchId }),
    takesBack: story.takesBack && presentRecordLine(texts, story.takesBack),
    takenBackBy: story.takenBackBy.map((one) => presentRecordLine(texts, one)),
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

const EXECUTOR_TEXTS: Readonly<Record<Executor, TextKey>> = {
  script: 'record.byScript',
  self: 'record.bySelf',
};

function factsOf({ t }: Texts, { content: c, hash }: AuditRecord) {
  const executor = executorOf(c);
  const facts: readonly (readonly [label: TextKey, value: string | undefined, href?: string | undefined])[] = [
    ['audit.time', c.time],
    [
      'audit.actedFor',
      c.person && (c.person.proven ? c.person.login : t('record.claimed', { login: c.person.login })),
      link('person', c.person?.login),
    ],
    [
      'audit.realActor',
      c.realActor && `${c.realActor.name} (${c.realActor.type})`,
      link('realActor', c.realActor?.name),
    ],
    ['audit.executor', executor && t(EXECUTOR_TEXTS[executor]), link('executor', executor)],
    ['record.atProvider', c.subject && t('record.subject', c.subject), link('subject', c.subject?.subject)],
    ['audit.action', c.actionId, link('actionId', c.actionId)],
    ['audit.code', c.code, link('code', c.code)],
    [
      'audit.project',
      c.project && `${c.project.name ?? t('audit.project')} (${c.project.id})`,
      link('project', c.project && String(c.project.id)),
    ],
    ['audit.run', c.runId, link('runId', c.runId)],
    ['audit.click', c.launchId, link('launchId', c.launchId)],
    ['audit.reference', c.reference, link('reference', c.reference)],
    ['audit.clientAddress', c.clientAddress, link('clientAddress', c.clientAddress)],
    ['record.browserWindow', c.sessionUuid],
    ['record.hash', hash],
  ];
  return facts.flatMap(([label, value, href]) => (value === undefined ? [] : [{ label: t(label), value, href }]));
}

function link(name: FilterName, value: string | undefined): string | undefined {
  return value === undefined ? undefined : searchHref({ [name]: value });
}

/** The rows that a record names, if it is of a kind that does; empty for everything else. */
function rowsOf(texts: Texts, { content }: AuditRecord, siteUrl: string): readonly RecordRow[] {
  return objectsIn(content.details?.['rows']).map((row) => ({
    name: rowName(texts, row),
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

function rowHref({ entityType, id }: AuditObject, siteUrl: string): string | undefined {
  if (typeof entityType !== 'string' || typeof id !== 'number') return undefined;
  try {
    return detailUrl(siteUrl, entityType, id);
  } catch {
    // A record may hold what was refused for its shape.
    return undefined;
  }
}

function plain(value: AuditValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function partText({ t }: Texts, details: AuditObject | undefined): string | undefined {
  const { part, parts } = details ?? {};
  return typeof part === 'number' && typeof parts === 'number' && parts > 1
    ? t('record.part', { part, parts })
    : undefined;
}

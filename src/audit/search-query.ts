/**
 * A search as the address bar has it: the saved form of a filter, typed by people and clicked together by pages. What is
 * not understood is named and never ignored, since a filter that silently shows more is worse than none. Pure.
 */
import { said, type Said } from '../texts/said.ts';
import { EVENT_TYPES } from './event.ts';
import type { AuditOutcome } from './event.ts';
import { EXECUTORS } from './executor.ts';
import type { AuditFilter, PageOfRecords } from './search-filter.ts';
import { wordsOf } from './search-terms.ts';

export const OUTCOMES: readonly AuditOutcome[] = ['success', 'intended', 'refused', 'failed', 'unknown'];

/** Every name that may stand in the address, in the order in which they are shown. */
export const FILTER_NAMES = [
  'text',
  'person',
  'entity',
  'from',
  'to',
  'outcome',
  'type',
  'realActor',
  'executor',
  'subject',
  'actionId',
  'field',
  'project',
  'code',
  'runId',
  'launchId',
  'undoOf',
  'reference',
  'clientAddress',
] as const;

export type FilterName = (typeof FILTER_NAMES)[number];

export type SearchQuery = {
  /** What was asked for, word for word. */
  readonly typed: Readonly<Partial<Record<FilterName, string>>>;
  readonly filter: AuditFilter;
  readonly page: PageOfRecords;
  /** What is wrong, by name; empty when all was understood. */
  readonly problems: ReadonlyMap<string, Said>;
};

const MAX_LENGTH = 500;
const PAGE_NAMES: readonly string[] = ['before', 'after', 'limit'];
const OTHER_NAMES: readonly string[] = ['format'];

/** @param query - As parsed from the address: a text for each name, or a list where a name stands there twice. */
export function parseSearchQuery(query: Readonly<Record<string, unknown>>): SearchQuery {
  const problems = new Map<string, Said>();
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(query)) {
    if (![...FILTER_NAMES, ...PAGE_NAMES, ...OTHER_NAMES].includes(name))
      problems.set(name, said('problem.noSuchFilter'));
    else if (typeof value !== 'string') problems.set(name, said('problem.givenTwice'));
    else if (value.length > MAX_LENGTH) problems.set(name, said('problem.overlong', { most: MAX_LENGTH }));
    else if (value.trim() !== '') given.set(name, value.trim());
  }
  const read = <T>(name: string, parse: (text: string) => T | undefined, problem: Said): T | undefined => {
    const text = given.get(name);
    const value = text === undefined ? undefined : parse(text);
    if (text !== undefined && value === undefined) problems.set(name, problem);
    return value;
  };

  const entity = readEntity(given.get('entity'));
  const project = given.get('project');
  const isId = project !== undefined && /^\d{1,15}$/.test(project);
  const from = read('from', (text) => parseTime(text, 'start'), TIME_PROBLEM);
  const to = read('to', (text) => parseTime(text, 'end'), TIME_PROBLEM);
  if (from !== undefined && to !== undefined && from >= to) problems.set('to', said('problem.endBeforeBeginning'));
  const text = [read('text', asWords, WORDS_PROBLEM), entity.name].filter((part) => part !== undefined).join(' ');
  if (entity.name !== undefined && wordsOf(entity.name).length === 0) problems.set('entity', WORDS_PROBLEM);

  return {
    typed: Object.fromEntries(FILTER_NAMES.flatMap((name) => (given.has(name) ? [[name, given.get(name)]] : []))),
    filter: {
      person: given.get('person'),
      realActor: given.get('realActor'),
      executor: read('executor', (word) => EXECUTORS.find((one) => one === word), noneOf(EXECUTORS)),
      subject: given.get('subject'),
      type: read('type', (name) => EVENT_TYPES.find((type) => type === name), said('problem.noEvent')),
      outcome: read('outcome', (name) => OUTCOMES.find((one) => one === name), noneOf(OUTCOMES)),
      code: given.get('code'),
      actionId: given.get('actionId'),
      launchId: given.get('launchId'),
      runId: given.get('runId'),
      undoOf: given.get('undoOf'),
      projectId: isId ? Number(project) : undefined,
      projectName: isId ? undefined : project,
      reference: given.get('reference'),
      clientAddress: given.get('clientAddress'),
      entity: entity.row,
      field: given.get('field'),
      text: text === '' ? undefined : text,
      from,
      to,
    },
    page: {
      beforeSeq: read('before', parseCount, said('problem.noRecordNumber')),
      afterSeq: read('after', parseCount, said('problem.noRecordNumber')),
      limit: read('limit', (digits) => limited(parseCount(digits)), said('problem.noPageSize', { most: 500 })),
    },
    problems,
  };
}

/** The address of a search, relative to the page: `?person=artist&…`, or empty for everything. */
export function formatSearchQuery(
  typed: SearchQuery['typed'],
  changes: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const query = new URLSearchParams();
  const entries: readonly (readonly [string, string | number | undefined])[] = Object.entries({ ...typed, ...changes });
  for (const [name, value] of entries) if (value !== undefined) query.set(name, `${value}`);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

const WORDS_PROBLEM = said('problem.noWord');
const TIME_PROBLEM = said('problem.noTime');

function noneOf(words: readonly string[]): Said {
  return said('problem.noneOf', { words: words.join(', ') });
}

/** `Version 6933`, `Version:6933`, `version#6933` is a row; everything else is a name. */
function readEntity(text: string | undefined): {
  readonly row?: { readonly type: string; readonly id: number };
  readonly name?: string;
} {
  if (text === undefined) return {};
  const [, first, rest, id] = /^([A-Za-z])(\w{0,59})[\s:#/]+(\d{1,15})$/.exec(text) ?? [];
  if (first === undefined || rest === undefined || id === undefined) return { name: text };
  return { row: { type: `${first.toUpperCase()}${rest}`, id: Number(id) } };
}

function asWords(text: string): string | undefined {
  return wordsOf(text).length === 0 ? undefined : text;
}

/** A whole day as a beginning begins and as an end ends. */
function parseTime(text: string, as: 'start' | 'end'): Date | undefined {
  const [, date, time, zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  if (date === undefined) return undefined;
  const midnight = new Date(`${date}T00:00:00Z`);
  // 30 February would be read as 2 March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return undefined;
  if (time === undefined) return as === 'start' ? midnight : new Date(midnight.getTime() + 24 * 3_600_000);
  const instant = new Date(`${date}T${time.length === 5 ? `${time}:00` : time}${zone ?? 'Z'}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

function parseCount(digits: string): number | undefined {
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

function limited(count: number | undefined): number | undefined {
  return count !== undefined && count >= 1 && count <= 500 ? count : undefined;
}

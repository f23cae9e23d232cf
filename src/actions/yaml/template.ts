/**
 * Values in an action file: constants, or Liquid templates over what is known of the click. The engine can read what it is
 * given and nothing else: no files, no prototype, bounded time and size. Never `eval`.
 */
import { Liquid, type Template as LiquidTemplate } from 'liquidjs';
import type { FieldValue } from '../plan.ts';

/** What templates may name. `row` is absent where a value is made once for the whole selection. */
export type Scope = {
  readonly row?: Readonly<Record<string, unknown>>;
  /** `form.<field>` */
  readonly form: Readonly<Record<string, unknown>>;
  /** `{type, id, login, name}`: also usable as a link. */
  readonly person: Readonly<Record<string, unknown>>;
  /** `{type, id, name}`, or null on a page of several projects. */
  readonly project: Readonly<Record<string, unknown>> | null;
  /** Links to the selected rows. */
  readonly selection: readonly Readonly<Record<string, unknown>>[];
  /** `2026-05-01T12:00:00Z` */
  readonly now: string;
  /** `2026-05-01`, UTC. */
  readonly today: string;
};

export const SCOPE_NAMES: readonly (keyof Scope)[] = ['row', 'form', 'person', 'project', 'selection', 'now', 'today'];

/** A value of an action file, ready to be made for each row. */
export type Template = {
  evaluate(scope: Scope): FieldValue;
  /** The variables it names, as paths: `['row', 'sg_task', 'name']`. */
  readonly paths: readonly (readonly string[])[];
};

const MAX_LENGTH = 20_000;
const RENDER_MS = 100;
const MAX_MEMORY = 1_000_000;

/** They would read files. */
const NO_TAGS = ['include', 'render', 'layout', 'block'];

const engine = createEngine();

/** Exactly one `{{ … }}` and nothing around it gives the value itself: a link, a list, a number. */
const SINGLE = /^\s*\{\{-?((?:(?!\}\}|\{\{|\{%).)*?)-?\}\}\s*$/s;

/**
 * Reads a value of an action file. Text without `{{` or `{%` is itself; lists and links may hold templates.
 *
 * @throws Error whose message says what is wrong with the template, for the author.
 */
export function parseTemplate(value: FieldValue): Template {
  if (typeof value === 'string') return parseText(value);
  if (Array.isArray(value)) {
    const items = (value as readonly FieldValue[]).map(parseTemplate);
    // A list of links inside a list is one list: `["{{ row.entity }}", "{{ form.links }}"]`.
    return {
      paths: items.flatMap(({ paths }) => paths),
      evaluate: (scope) => items.map((item) => item.evaluate(scope)).flat(),
    };
  }
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).map(([key, member]) => [key, parseTemplate(member)] as const);
    return {
      paths: members.flatMap(([, { paths }]) => paths),
      evaluate: (scope) => Object.fromEntries(members.map(([key, member]) => [key, member.evaluate(scope)])),
    };
  }
  return { paths: [], evaluate: () => value };
}

function parseText(text: string): Template {
  if (!/\{\{|\{%/.test(text)) return { paths: [], evaluate: () => text };
  const parsed = engine.parse(text);
  const paths = pathsOf(parsed);
  const expression = SINGLE.exec(text)?.[1]?.trim();
  return {
    paths,
    evaluate: (scope) =>
      expression === undefined || expression === ''
        ? (engine.renderSync(parsed, scope) as string)
        : plainValue(engine.evalValueSync(expression, scope)),
  };
}

function pathsOf(parsed: LiquidTemplate[]): readonly (readonly string[])[] {
  return engine
    .globalVariableSegmentsSync(parsed)
    .map((segments) => segments.map((segment) => (Array.isArray(segment) ? '*' : String(segment))));
}

/** What an expression gave, as a field can hold it. */
function plainValue(value: unknown): FieldValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainValue(member)]));
  }
  return null;
}

function createEngine(): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    parseLimit: MAX_LENGTH,
    renderLimit: RENDER_MS,
    memoryLimit: MAX_MEMORY,
    templates: {},
    timezoneOffset: 0,
  });
  for (const tag of NO_TAGS) Reflect.deleteProperty(liquid.tags, tag);
  liquid.registerFilter('add_days', addDays);
  return liquid;
}

/** `2026-05-01` and 3 give `2026-05-04`; whatever is no date stays blank. */
function addDays(date: unknown, days: unknown): string | null {
  if (typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  const time = Date.parse(`${date}T00:00:00Z`) + Number(days) * 86_400_000;
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time).toISOString().slice(0, 10) : null;
}

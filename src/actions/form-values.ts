/**
 * What a person posted → the form's values, or what is wrong, field by field. Pure: whatever only the site can tell (statuses,
 * names of rows) is asked for by {@link lookupsFor} and given to {@link checkForm}.
 */
import { said, type Said } from '../texts/said.ts';
import {
  checkDate,
  checkNumber,
  checkPlainText,
  blank,
  wrong,
  type Checked,
  type FieldProblem,
} from './form-scalars.ts';
import type { FormField, FormLink, FormValue, FormValues } from './form.ts';

/**
 * Texts as posted, by name; every name belongs to a field. A link field has two: what was typed, and under
 * {@link pickName} the rows that were chosen, as `Shot:862`.
 */
export type RawForm = ReadonlyMap<string, readonly string[]>;

export type FormCheck =
  | { readonly values: FormValues; readonly problems?: undefined }
  /** By field name; what is wrong with the form as a whole stands under the empty name. */
  | { readonly values?: undefined; readonly problems: ReadonlyMap<string, FieldProblem> };

/** What the site has to be asked before the form can be checked. */
export type Lookups = {
  readonly statusTypes: readonly string[];
  readonly links: readonly { readonly type: string; readonly id: number }[];
  readonly texts: readonly { readonly text: string; readonly types: readonly string[] }[];
};

/** What the site said, as the person sees it. */
export type Found = {
  /** Codes that may be chosen, by entity type. */
  readonly statuses: ReadonlyMap<string, readonly string[]>;
  /** Rows that are there, by {@link linkKey}. */
  readonly links: ReadonlyMap<string, FormLink>;
  /** Rows whose name holds the typed text, best first, by {@link textKey}. */
  readonly matches: ReadonlyMap<string, readonly FormLink[]>;
};

type LinkField = FormField & { readonly type: 'entity' | 'user' };

const MAX_VALUE_LENGTH = 60_000;
const MAX_PICKS = 500;
const MAX_TYPED = 20;
const PICK = /^([A-Z][A-Za-z0-9_]{0,63}):([1-9]\d{0,14})$/;
const TYPED_ID = /^([A-Z][A-Za-z0-9_]{0,63})[ :#]+([1-9]\d{0,14})$/;

export function pickName(field: string): string {
  return `${field}.pick`;
}

export function linkKey(type: string, id: number): string {
  return `${type}:${id}`;
}

export function textKey(text: string, types: readonly string[]): string {
  return JSON.stringify([text, types]);
}

/** Types that a link field takes. */
export function linkTypes(field: LinkField): readonly string[] {
  return field.type === 'user' ? ['HumanUser'] : field.entityTypes;
}

export function isLinkField(field: FormField): field is LinkField {
  return field.type === 'entity' || field.type === 'user';
}

/**
 * The posted body's fields of this form.
 *
 * @param body - As parsed from the request: texts or lists of texts; anything else counts as unknown.
 * @param ownNames - Names that the page itself posts, such as `csrf`.
 * @returns `unknown`: names that no field has; nothing of them is kept.
 */
export function readRawForm(
  fields: readonly FormField[],
  body: unknown,
  ownNames: readonly string[],
): { readonly raw: RawForm; readonly unknown: readonly string[] } {
  const known = new Set(
    fields.flatMap((field) => (isLinkField(field) ? [field.name, pickName(field.name)] : [field.name])),
  );
  const raw = new Map<string, readonly string[]>();
  const unknown: string[] = [];
  for (const [name, value] of body !== null && typeof body === 'object' ? Object.entries(body) : []) {
    if (ownNames.includes(name)) continue;
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    if (!known.has(name) || !texts.every((text) => typeof text === 'string')) unknown.push(name.slice(0, 50));
    // One too many of each is kept, so that the check sees that there are too many.
    else
      raw.set(
        name,
        texts.slice(0, MAX_PICKS + 1).map((text) => text.slice(0, MAX_VALUE_LENGTH)),
      );
  }
  return { raw, unknown };
}

/**
 * The same answers as they would be posted again: what was typed to find a row has become that row.
 *
 * @param isKept - Which fields to keep; secrets are not remembered, for one.
 */
export function rawOf(
  fields: readonly FormField[],
  values: FormValues,
  isKept: (field: FormField) => boolean = () => true,
): RawForm {
  const raw = new Map<string, readonly string[]>();
  for (const field of fields) {
    const value = values[field.name] ?? null;
    if (!isKept(field) || value === null || value === false) continue;
    if (isLinkField(field)) {
      const links = (Array.isArray(value) ? value : [value]) as readonly FormLink[];
      raw.set(
        pickName(field.name),
        links.map(({ type, id }) => linkKey(type, id)),
      );
    } else if (typeof value !== 'object') raw.set(field.name, [value === true ? 'on' : String(value)]);
  }
  return raw;
}

export function lookupsFor(fields: readonly FormField[], raw: RawForm): Lookups {
  const statusTypes = new Set<string>();
  const links = new Map<string, { type: string; id: number }>();
  const texts = new Map<string, { text: string; types: readonly string[] }>();
  for (const field of fields) {
    if (field.type === 'status') statusTypes.add(field.entityType);
    if (!isLinkField(field)) continue;
    const types = linkTypes(field);
    const typed = typedTexts(field, raw);
    const refs = [...picks(field, raw), ...typed.map((text) => typedRef(text, types))];
    for (const ref of refs)
      if (ref !== undefined && types.includes(ref.type)) links.set(linkKey(ref.type, ref.id), ref);
    for (const text of typed) {
      if (typedRef(text, types) === undefined) texts.set(textKey(text, types), { text, types });
    }
  }
  return { statusTypes: [...statusTypes], links: [...links.values()], texts: [...texts.values()] };
}

/** Every field of the form gets a value: null where it was left blank or not asked. */
export function checkForm(fields: readonly FormField[], raw: RawForm, found: Found): FormCheck {
  const values = Object.create(null) as Record<string, FormValue>;
  const problems = new Map<string, FieldProblem>();
  for (const field of fields) {
    values[field.name] = null;
    if (!isAsked(field, values)) {
      if (field.type === 'checkbox') values[field.name] = false;
      continue;
    }
    const checked = checkField(field, raw, found);
    if ('problem' in checked) problems.set(field.name, checked.problem);
    else if (field.required && isBlank(checked.value)) problems.set(field.name, { message: missing(field) });
    else values[field.name] = checked.value;
  }
  return problems.size > 0 ? { problems } : { values };
}

/** Whether a field is asked, given the values of those above it. */
function isAsked(field: FormField, values: FormValues): boolean {
  const { onlyWhen } = field;
  if (onlyWhen === undefined) return true;
  const value = Object.hasOwn(values, onlyWhen.field) ? values[onlyWhen.field] : null;
  return onlyWhen.is.some((wanted) => (typeof value === 'number' ? String(value) === wanted : value === wanted));
}

function isBlank(value: FormValue): boolean {
  // A checkbox that has to be ticked is an agreement.
  return value === null || value === false || (Array.isArray(value) && value.length === 0);
}

function missing(field: FormField): Said {
  if (field.type === 'checkbox') return said('problem.tick');
  return isLinkField(field) || field.type === 'choice' || field.type === 'status'
    ? said('problem.choose')
    : said('problem.fillIn');
}

function checkField(field: FormField, raw: RawForm, found: Found): Checked {
  if (isLinkField(field)) return checkLinks(field, raw, found);
  const posted = raw.get(field.name) ?? [];
  if (posted.length > 1) return wrong('problem.sentTwice');
  const text = posted[0] ?? '';
  switch (field.type) {
    case 'text':
    case 'long_text':
      return checkPlainText(field, text);
    case 'number':
      return checkNumber(field, text);
    case 'date':
      return checkDate(field, text);
    case 'checkbox':
      if (text === '' || text === 'false') return { value: false };
      return text === 'on' || text === 'true' ? { value: true } : wrong('problem.noTick');
    case 'choice':
      if (text === '') return blank;
      return field.options.some(({ value }) => value === text) ? { value: text } : wrong('problem.notInList');
    case 'status':
      if (text === '') return blank;
      return found.statuses.get(field.entityType)?.includes(text) === true
        ? { value: text }
        : wrong('problem.noSuchStatus');
  }
}

function checkLinks(field: LinkField, raw: RawForm, found: Found): Checked {
  const types = linkTypes(field);
  if ((raw.get(pickName(field.name)) ?? []).length > MAX_PICKS)
    return wrong('problem.tooManyChosen', { most: MAX_PICKS });
  const chosen = new Map<string, FormLink>();
  const picked = new Map<string, FormLink>();
  for (const ref of picks(field, raw)) {
    const link =
      ref === undefined || !types.includes(ref.type) ? undefined : found.links.get(linkKey(ref.type, ref.id));
    if (link === undefined) return wrong('problem.rowGone');
    picked.set(linkKey(link.type, link.id), link);
  }
  const typed = typedTexts(field, raw);
  if (typed.length > MAX_TYPED) return wrong('problem.tooManyTyped', { most: MAX_TYPED });
  for (const text of typed) {
    const meant = whatIsMeant(text, types, found);
    // Of several, those that were picked from them are meant.
    const settled = meant.filter(({ type, id }) => picked.has(linkKey(type, id)));
    if (meant.length === 0) return wrong('problem.nothingCalled', { text: text.slice(0, 80) });
    if (settled.length === 0 && meant.length > 1) {
      return {
        problem: { message: said('problem.severalCalled', { text: text.slice(0, 80) }), choices: meant },
      };
    }
    for (const link of settled.length > 0 ? settled : meant) chosen.set(linkKey(link.type, link.id), link);
  }
  if (field.multiple) return { value: [...new Map([...picked, ...chosen]).values()] };
  // What is typed replaces what was chosen before.
  const all = chosen.size > 0 ? [...chosen.values()] : [...picked.values()];
  if (all.length > 1) return wrong('problem.chooseOne');
  return { value: all[0] ?? null };
}

/** The row of exactly this name, whatever the case; otherwise every row whose name holds it. */
function whatIsMeant(text: string, types: readonly string[], found: Found): readonly FormLink[] {
  const ref = typedRef(text, types);
  if (ref !== undefined) {
    const link = found.links.get(linkKey(ref.type, ref.id));
    return link === undefined ? [] : [link];
  }
  const matches = found.matches.get(textKey(text, types)) ?? [];
  const exact = matches.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  return exact.length > 0 ? exact : matches;
}

function picks(
  field: LinkField,
  raw: RawForm,
): readonly ({ readonly type: string; readonly id: number } | undefined)[] {
  return (raw.get(pickName(field.name)) ?? []).map((text) => {
    const [, type, id] = PICK.exec(text) ?? [];
    return type === undefined ? undefined : { type, id: Number(id) };
  });
}

function typedTexts(field: LinkField, raw: RawForm): readonly string[] {
  const text = (raw.get(field.name) ?? []).join(',').slice(0, 2000);
  const parts = field.multiple ? text.split(/[,;\n]/) : [text];
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))].slice(0, MAX_TYPED + 1);
}

/** `Shot 862`; where only one type is taken, `#862` will do. */
function typedRef(text: string, types: readonly string[]): { readonly type: string; readonly id: number } | undefined {
  const [, type, id] = TYPED_ID.exec(text) ?? [];
  if (type !== undefined && types.includes(type)) return { type, id: Number(id) };
  const [only, ...others] = types;
  const [, bareId] = /^#([1-9]\d{0,14})$/.exec(text) ?? [];
  return bareId !== undefined && only !== undefined && others.length === 0
    ? { type: only, id: Number(bareId) }
    : undefined;
}

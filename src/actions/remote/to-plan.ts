/**
 * A checked answer → a Plan. What rows hold, what they and the rows linked to are called, and what is so already is read
 * here, as the person: nothing that the preview will claim about ShotGrid is the service's word.
 */
import type { ActionReader, ActionRow } from '../definition.ts';
import { listChange, setChange } from '../links.ts';
import type { Change, FieldChange, FieldValue, Plan, UntouchedRow } from '../plan.ts';
import { placeOf, type Answer, type AnswerChange, type AnswerLink, type AnswerValue } from './answer.ts';
import { RemotePlanError } from './errors.ts';

/** Links in wanted values; each distinct one is looked up for its name. */
const MAX_DISTINCT_LINKS = 5000;
const MAX_LINKED_TYPES = 20;

/**
 * @param read - Reads as the person.
 * @throws {@link RemotePlanError} when a wanted value cannot be meant for the field it is for.
 */
export async function toPlan(answer: Answer, read: ActionReader): Promise<Plan> {
  const { changes } = answer;
  const [rows, names] = await Promise.all([readTargets(changes, read), readNames(changes, read)]);
  const problems: string[] = [];
  const planned: Change[] = [];
  const untouched: UntouchedRow[] = [];
  for (const [index, change] of changes.entries()) {
    if (change.kind === 'create') {
      planned.push(createChange(change, names));
      continue;
    }
    const { kind, entityType, id } = change;
    const row = rows.get(entityType)?.get(id);
    const name = row?.name ?? `${entityType} ${id}`;
    if (row === undefined) untouched.push({ entityType, id, name, reason: 'not_found' });
    else if (kind === 'delete') planned.push({ kind, entityType, id, name, fields: [] });
    else {
      const fields = fieldChanges(change, row, names, (problem, ...path) =>
        problems.push(`${placeOf(['changes', index, ...path])}: ${problem}`),
      );
      if (fields.length === 0) untouched.push({ entityType, id, name, reason: 'already_so' });
      else planned.push({ kind, entityType, id, name, fields });
    }
  }
  if (problems.length > 0) throw new RemotePlanError(problems);
  return { changes: planned, untouched, ...reportOf(answer) };
}

type Names = (link: AnswerLink) => { readonly type: string; readonly id: number; readonly name: string };
type UpdateAnswer = Extract<AnswerChange, { kind: 'update' }>;
type CreateAnswer = Extract<AnswerChange, { kind: 'create' }>;

function fieldChanges(
  change: UpdateAnswer,
  row: ActionRow,
  names: Names,
  complain: (problem: string, ...path: readonly PropertyKey[]) => void,
): readonly FieldChange[] {
  const changed: (FieldChange | undefined)[] = [];
  for (const [field, value] of Object.entries(change.fields ?? {})) {
    const before = valueOf(row, field);
    const after = named(value, names);
    const [is, wanted] = [shapeOf(before), shapeOf(after)];
    if (is !== 'nothing' && wanted !== 'nothing' && is !== wanted) {
      complain(`the field holds ${is}, and the value is ${wanted}`, 'fields', field);
    } else changed.push(setChange(field, before, after));
  }
  for (const mode of ['add', 'remove'] as const) {
    for (const [field, links] of Object.entries(change[mode] ?? {})) {
      const before = valueOf(row, field);
      if (before !== null && !Array.isArray(before)) complain('the field holds no list of links', mode, field);
      else changed.push(listChange(field, before, mode, links.map(names)));
    }
  }
  return changed.filter((one) => one !== undefined);
}

function createChange(change: CreateAnswer, names: Names): Change {
  const fields = Object.entries(change.fields).map(([field, value]) => setChange(field, null, named(value, names)));
  return {
    kind: 'create',
    entityType: change.entityType,
    name: change.name ?? nameIn(change.fields) ?? `new ${change.entityType}`,
    fields: fields.filter((one) => one !== undefined),
  };
}

/** Kinds of value that ShotGrid never mixes in one field. Numbers are with text: it reads some back as text. */
function shapeOf(value: FieldValue): 'nothing' | 'true or false' | 'text or a number' | 'a list' | 'a link' {
  if (value === null || value === '') return 'nothing';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value !== 'object') return 'text or a number';
  return Array.isArray(value) ? 'a list' : 'a link';
}

/** The value with links as the preview shows them: by the names that ShotGrid has for them. */
function named(value: AnswerValue, names: Names): FieldValue {
  if (Array.isArray(value)) return value.map((item) => (isLink(item) ? names(item) : item));
  if (isLink(value)) return names(value);
  if (value !== null && typeof value === 'object') {
    const { url, name } = value;
    return name === undefined ? { url } : { url, name };
  }
  return value;
}

async function readTargets(
  changes: readonly AnswerChange[],
  read: ActionReader,
): Promise<ReadonlyMap<string, ReadonlyMap<number, ActionRow>>> {
  const existing = changes.filter((change) => change.kind !== 'create');
  const found = new Map<string, ReadonlyMap<number, ActionRow>>();
  for (const [entityType, ofType] of Map.groupBy(existing, ({ entityType: type }) => type)) {
    const fields = new Set(ofType.flatMap((change) => (change.kind === 'update' ? fieldsOf(change) : [])));
    const ids = ofType.map(({ id }) => id);
    found.set(entityType, byId(await read.rows(entityType, ids, [...fields])));
  }
  return found;
}

/** One read a type for all links that the answer mentions; a row that this person cannot see is called by its number. */
async function readNames(changes: readonly AnswerChange[], read: ActionReader): Promise<Names> {
  const wanted = new Map<string, Set<number>>();
  let distinct = 0;
  for (const { type, id } of changes.flatMap(linksIn)) {
    const ids = wanted.get(type) ?? new Set();
    wanted.set(type, ids);
    if (!ids.has(id)) distinct += 1;
    ids.add(id);
  }
  if (distinct > MAX_DISTINCT_LINKS || wanted.size > MAX_LINKED_TYPES) {
    throw new RemotePlanError([`changes: link to more than ${MAX_DISTINCT_LINKS} rows or ${MAX_LINKED_TYPES} types`]);
  }
  const found = new Map<string, ReadonlyMap<number, ActionRow>>();
  for (const [type, ids] of wanted) found.set(type, byId(await readLinked(type, [...ids], read)));
  return ({ type, id }) => ({ type, id, name: found.get(type)?.get(id)?.name ?? `${type} ${id}` });
}

async function readLinked(type: string, ids: readonly number[], read: ActionReader): Promise<readonly ActionRow[]> {
  try {
    return await read.rows(type, ids, []);
  } catch (error) {
    // The site has no such type, or not for this person; that it does not answer is another matter.
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'shotgrid_request_invalid' && code !== 'shotgrid_not_found' && code !== 'shotgrid_refused')
      throw error;
    throw new RemotePlanError([`changes: link to ${type} rows, which ShotGrid does not have for this person`]);
  }
}

function linksIn(change: AnswerChange): readonly AnswerLink[] {
  if (change.kind === 'delete') return [];
  const values: readonly AnswerValue[] = Object.values(change.fields ?? {});
  const listed =
    change.kind === 'update' ? [...Object.values(change.add ?? {}), ...Object.values(change.remove ?? {})] : [];
  return [...values, ...listed].flatMap((value) => (Array.isArray(value) ? value : [value])).filter(isLink);
}

function fieldsOf(change: UpdateAnswer): readonly string[] {
  return [change.fields, change.add, change.remove].flatMap((fields) => Object.keys(fields ?? {}));
}

function isLink(value: AnswerValue | AnswerLink | string): value is AnswerLink {
  return value !== null && typeof value === 'object' && 'type' in value;
}

function byId(rows: readonly ActionRow[]): ReadonlyMap<number, ActionRow> {
  return new Map(rows.map((row) => [row.id, row]));
}

function valueOf(row: ActionRow, field: string): FieldValue {
  return Object.hasOwn(row.fields, field) ? (row.fields[field] as FieldValue) : null;
}

function nameIn(fields: CreateAnswer['fields']): string | undefined {
  const named = ['code', 'content', 'subject', 'name', 'title'].map((field) =>
    Object.hasOwn(fields, field) ? fields[field] : undefined,
  );
  return named.find((value) => typeof value === 'string' && value !== '') as string | undefined;
}

/** The same report, with absent keys absent. */
function reportOf({ report }: Answer): Pick<Plan, 'report'> {
  if (report === undefined) return {};
  const { title, text, links, table, file } = report;
  return {
    report: {
      ...(title === undefined ? {} : { title }),
      ...(text === undefined ? {} : { text }),
      ...(links === undefined ? {} : { links }),
      ...(table === undefined ? {} : { table }),
      ...(file === undefined ? {} : { file }),
    },
  };
}

/** The steps of a YAML action → a plan: reads what the steps name, as the person, and proposes what is not already so. */
import type { ActionReader, ActionRow, PlanContext } from '../definition.ts';
import { ActionNotApplicableError } from '../errors.ts';
import { isLink, linksOf, listChange, setChange, type Link } from '../links.ts';
import type { Change, CreateChange, FieldChange, FieldValue, Plan, UntouchedRow } from '../plan.ts';
import { said } from '../../texts/said.ts';
import type { Step, Target, Values } from './step.ts';
import type { Scope } from './template.ts';

/** What is known of one row besides its fields, and so never asked for. */
const OWN_NAMES = new Set(['id', 'type', 'name']);

export function planSteps(steps: readonly Step[]): (context: PlanContext) => Promise<Plan> {
  return async function plan(context) {
    const { entityType, selectedIds } = context.payload;
    if (entityType === undefined || selectedIds.length === 0) return { changes: [], untouched: [] };
    const draft = createDraft();
    const selected = await readTarget(context.read, entityType, selectedIds, fieldsOfSelection(steps));
    const scope = scopeOf(context, entityType, selected.rows);
    for (const id of selected.missing)
      draft.leave({ entityType, id, name: `${entityType} ${id}`, reason: 'not_found' });

    for (const step of steps) {
      if (step.when !== undefined && !isTruthy(step.when.evaluate(scope))) continue;
      if (step.operation === 'create') planCreate(step, scope, selected.rows, draft);
      else await planOnRows(step, scope, selected.rows, context.read, draft);
    }
    return draft.plan();
  };
}

type Draft = ReturnType<typeof createDraft>;

/** Collects changes; two steps on one row become one change. */
function createDraft() {
  const updates = new Map<string, { readonly row: ActionRow; readonly fields: Map<string, FieldChange> }>();
  const others: Change[] = [];
  const left = new Map<string, UntouchedRow>();
  return {
    touch(row: ActionRow, fields: readonly FieldChange[]) {
      const key = `${row.type} ${row.id}`;
      const entry = updates.get(key) ?? { row, fields: new Map<string, FieldChange>() };
      for (const change of fields) entry.fields.set(change.field, change);
      updates.set(key, entry);
    },
    propose(change: Change) {
      others.push(change);
    },
    leave(row: UntouchedRow) {
      left.set(`${row.entityType} ${row.id}`, row);
    },
    plan(): Plan {
      const changes: Change[] = [];
      for (const [key, { row, fields }] of updates) {
        const named = { entityType: row.type, id: row.id, name: nameOf(row) };
        if (fields.size > 0) changes.push({ kind: 'update', ...named, fields: [...fields.values()] });
        else left.set(key, { ...named, reason: 'already_so' });
      }
      return { changes: [...changes, ...others], untouched: [...left.values()] };
    },
  };
}

async function planOnRows(
  step: Step & { readonly operation: 'update' | 'delete' },
  scope: Scope,
  selected: readonly ActionRow[],
  read: ActionReader,
  draft: Draft,
): Promise<void> {
  const rows = await targetRows(step, scope, selected, read, draft);
  for (const row of rows) {
    if (step.operation === 'delete') {
      draft.propose({ kind: 'delete', entityType: row.type, id: row.id, name: nameOf(row), fields: [] });
      continue;
    }
    const own: Scope = { ...scope, row: rowScope(row) };
    const before = (field: string): FieldValue => valueOf(row, field);
    draft.touch(
      row,
      [
        ...[...step.set].map(([field, template]) => setChange(field, before(field), template.evaluate(own))),
        ...[...step.add].map(([field, template]) =>
          listChange(field, before(field), 'add', linksOf(template.evaluate(own))),
        ),
        ...[...step.remove].map(([field, template]) =>
          listChange(field, before(field), 'remove', linksOf(template.evaluate(own))),
        ),
      ].filter((change) => change !== undefined),
    );
  }
}

async function targetRows(
  step: Step & { readonly operation: 'update' | 'delete' },
  scope: Scope,
  selected: readonly ActionRow[],
  read: ActionReader,
  draft: Draft,
): Promise<readonly ActionRow[]> {
  const { target } = step;
  if (target.kind === 'selection') return selected;
  const links =
    target.kind === 'form'
      ? linksOf(scope.form[target.field] as FieldValue)
      : selected.flatMap((row) => linksOf(valueOf(row, target.field)));
  const ids = [...new Set(links.filter(({ type }) => type === target.entityType).map(({ id }) => id))];
  if (ids.length === 0) return [];
  const { rows, missing } = await readTarget(read, target.entityType, ids, fieldsOfStep(step));
  for (const id of missing) {
    const name = links.find((link) => link.id === id)?.name ?? `${target.entityType} ${id}`;
    draft.leave({ entityType: target.entityType, id, name, reason: 'not_found' });
  }
  return rows;
}

function planCreate(
  step: Step & { readonly operation: 'create' },
  scope: Scope,
  selected: readonly ActionRow[],
  draft: Draft,
): void {
  if (step.per === 'selection') {
    draft.propose(createChange(step.entityType, step.set, scope, projectOfAll(selected, scope), undefined));
    return;
  }
  for (const row of selected) {
    const own: Scope = { ...scope, row: rowScope(row) };
    draft.propose(createChange(step.entityType, step.set, own, projectOf(row) ?? asLink(scope.project), row));
  }
}

/** A new row belongs to the project of what it was made from, unless the action says otherwise. */
function createChange(
  entityType: string,
  set: Values,
  scope: Scope,
  project: Link | undefined,
  row: ActionRow | undefined,
): CreateChange {
  const fields = [...set]
    .map(([field, template]) => setChange(field, null, template.evaluate(scope)))
    .filter((change) => change !== undefined);
  if (!set.has('project')) {
    if (project === undefined) {
      throw new ActionNotApplicableError(
        said('explanation.actionNeedsProject', { type: entityType }),
        said('remedy.actionNeedsProject'),
      );
    }
    const change = setChange('project', null, project);
    if (change !== undefined) fields.unshift(change);
  }
  const title = ['code', 'subject', 'content'].map((field) => fields.find((change) => change.field === field)?.after);
  const text = title.find((value) => typeof value === 'string');
  return {
    kind: 'create',
    entityType,
    name:
      typeof text === 'string'
        ? text.slice(0, 100)
        : `New ${entityType}${row === undefined ? '' : ` for ${nameOf(row)}`}`,
    fields,
  };
}

async function readTarget(
  read: ActionReader,
  entityType: string,
  ids: readonly number[],
  fields: readonly string[],
): Promise<{ readonly rows: readonly ActionRow[]; readonly missing: readonly number[] }> {
  const found = new Map((await read.rows(entityType, ids, fields)).map((row) => [row.id, row]));
  return {
    rows: ids.map((id) => found.get(id)).filter((row) => row !== undefined),
    missing: ids.filter((id) => !found.has(id)),
  };
}

/** Fields of the selected rows that any step needs. */
function fieldsOfSelection(steps: readonly Step[]): readonly string[] {
  const fields = new Set(['project']);
  for (const step of steps) {
    const linked = step.operation !== 'create' && step.target.kind !== 'selection';
    if (linked && step.target.kind === 'link') fields.add(step.target.field);
    if (!linked) for (const field of fieldsOfStep(step)) fields.add(field);
  }
  return [...fields];
}

/** Fields that a step compares with, and those that its templates name. */
function fieldsOfStep(step: Step): readonly string[] {
  const values: readonly Values[] =
    step.operation === 'update' ? [step.set, step.add, step.remove] : step.operation === 'create' ? [step.set] : [];
  const named = values
    .flatMap((map) => [...map.values()])
    .flatMap(({ paths }) => paths)
    .flatMap(([root, field]) => (root === 'row' && field !== undefined && !OWN_NAMES.has(field) ? [field] : []));
  const written = step.operation === 'update' ? values.flatMap((map) => [...map.keys()]) : [];
  return [...new Set([...written, ...named])];
}

function scopeOf({ payload, person, form, now }: PlanContext, entityType: string, rows: readonly ActionRow[]): Scope {
  const time = now.toISOString();
  return {
    form,
    person: { type: 'HumanUser', ...person },
    project: payload.project === undefined ? null : { type: 'Project', ...payload.project },
    selection: rows.map(({ id, name }) => ({ type: entityType, id, ...(name === undefined ? {} : { name }) })),
    now: `${time.slice(0, 19)}Z`,
    today: time.slice(0, 10),
  };
}

function rowScope(row: ActionRow): Readonly<Record<string, unknown>> {
  return { ...row.fields, type: row.type, id: row.id, name: nameOf(row) };
}

function projectOf(row: ActionRow): Link | undefined {
  return asLink(valueOf(row, 'project'));
}

/** The page's project, or the one that all rows share. */
function projectOfAll(rows: readonly ActionRow[], scope: Scope): Link | undefined {
  const own = asLink(scope.project);
  if (own !== undefined) return own;
  const [first, ...rest] = rows.map(projectOf);
  return rest.every((project) => project?.id === first?.id) ? first : undefined;
}

function asLink(value: unknown): Link | undefined {
  return isLink(value as FieldValue | undefined) ? (value as Link) : undefined;
}

function valueOf(row: ActionRow, field: string): FieldValue {
  return Object.hasOwn(row.fields, field) ? (row.fields[field] as FieldValue) : null;
}

function nameOf(row: ActionRow): string {
  return row.name ?? `${row.type} ${row.id}`;
}

function isTruthy(value: FieldValue): boolean {
  return value !== null && value !== false && value !== '' && value !== 'false';
}

/** For the declaration: what the target's rows are. */
export function typesOfTarget(target: Target, entityTypes: readonly string[]): readonly string[] {
  return target.kind === 'selection' ? entityTypes : [target.entityType];
}

/** A plan against the declaration of the action that made it. Plans come from files of others and from other services. Pure. */
import type { ActionDefinition } from '../actions/definition.ts';
import type { Change, Plan } from '../actions/plan.ts';
import { PlanOutsideDeclarationError } from './errors.ts';

const ENTITY_TYPE = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;
const FIELD = /^[a-z][a-z0-9_]{0,99}$/;
const KINDS = ['update', 'create', 'delete'] as const;

type Declared = Pick<ActionDefinition, 'touches' | 'maxRows'>;

/**
 * Every change is of a kind, type and fields that the action announces, on a row of its own, and there are no more than the
 * action may make.
 *
 * @throws {@link PlanOutsideDeclarationError} about the first that is not.
 */
export function verifyPlan(plan: Plan, action: Declared): void {
  const { changes, untouched } = plan as Partial<Plan>;
  if (!Array.isArray(changes) || !Array.isArray(untouched)) throw outside('its plan is not a plan');
  if (changes.length > action.maxRows) {
    throw outside(`${changes.length} rows, where ${action.maxRows} are allowed`);
  }
  const taken = new Set<string>();
  for (const [index, change] of plan.changes.entries()) {
    const where = `change ${index + 1}`;
    verifyShape(change, where);
    verifyDeclared(change, action, where);
    if (change.kind === 'create') continue;
    const row = `${change.entityType} ${change.id}`;
    if (taken.has(row)) throw outside(`two changes of ${row}`);
    taken.add(row);
  }
}

function verifyShape(change: unknown, where: string): void {
  if (typeof change !== 'object' || change === null) throw outside(`${where} is none`);
  const { kind, entityType, id, name, fields } = change as Readonly<Record<string, unknown>>;
  if (!KINDS.includes(kind as (typeof KINDS)[number])) throw outside(`${where} is neither update, create nor delete`);
  if (typeof entityType !== 'string' || !ENTITY_TYPE.test(entityType)) throw outside(`${where} names no entity type`);
  if (kind === 'create' ? id !== undefined : !Number.isSafeInteger(id) || Number(id) < 1) {
    throw outside(`${where} ${kind === 'create' ? 'has an id before it is created' : 'has no row id'}`);
  }
  if (typeof name !== 'string') throw outside(`${where} has no name`);
  if (!Array.isArray(fields) || (kind !== 'create' && (fields.length === 0) !== (kind === 'delete'))) {
    throw outside(`${where} has ${kind === 'delete' ? 'fields, which a delete cannot have' : 'no fields'}`);
  }
  const seen = new Set<string>();
  for (const given of fields as readonly unknown[]) {
    const field = typeof given === 'object' && given !== null ? (given as Readonly<Record<string, unknown>>) : {};
    const code = field['field'];
    if (typeof code !== 'string' || !FIELD.test(code)) throw outside(`${where} names a field that cannot be one`);
    if (field['after'] === undefined) throw outside(`${where} has no value for ${code}`);
    if (seen.has(code)) throw outside(`${where} sets ${code} twice`);
    seen.add(code);
  }
}

function verifyDeclared(change: Change, action: Declared, where: string): void {
  const touches = action.touches.filter(
    ({ operation, entityType }) => operation === change.kind && entityType === change.entityType,
  );
  if (touches.length === 0) throw outside(`${where} would ${change.kind} a ${change.entityType}`);
  const declared = new Set(touches.flatMap(({ fields }) => fields));
  const stray = change.fields.find(({ field }) => !declared.has(field));
  if (stray !== undefined) throw outside(`${where} would set ${stray.field} of a ${change.entityType}`);
}

function outside(what: string): PlanOutsideDeclarationError {
  return new PlanOutsideDeclarationError(what);
}

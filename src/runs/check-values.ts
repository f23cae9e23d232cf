/** The values of a plan against what the site says of its fields, so that what cannot be written is told before anything is. */
import { isLink } from '../actions/links.ts';
import type { Change, FieldChange, FieldValue, Plan } from '../actions/plan.ts';
import { ShotgridNotFoundError, ShotgridRefusedError } from '../shotgrid/errors.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import type { FieldSchema } from '../shotgrid/schema.ts';
import { PlanInvalidError } from './errors.ts';

/**
 * Asks the site for its fields once per type.
 *
 * @throws {@link PlanInvalidError} that names row and field of the first value that the site would not take.
 */
export async function checkValues(
  plan: Plan,
  readFieldSchemas: ReadFieldSchemas,
  projectId: number | undefined,
): Promise<void> {
  const types = new Set(plan.changes.map(({ entityType }) => entityType));
  const schemas = new Map<string, ReadonlyMap<string, FieldSchema>>();
  for (const type of types) schemas.set(type, await readSchema(type, readFieldSchemas, projectId));
  for (const change of plan.changes) verifyValues(change, schemas.get(change.entityType) ?? new Map());
}

async function readSchema(
  entityType: string,
  readFieldSchemas: ReadFieldSchemas,
  projectId: number | undefined,
): Promise<ReadonlyMap<string, FieldSchema>> {
  try {
    return await readFieldSchemas(entityType, projectId);
  } catch (error) {
    if (error instanceof ShotgridNotFoundError || error instanceof ShotgridRefusedError) {
      throw new PlanInvalidError(`this site has no rows of type ${entityType}`);
    }
    throw error;
  }
}

/** Pure. @throws {@link PlanInvalidError} */
export function verifyValues(change: Change, fields: ReadonlyMap<string, FieldSchema>): void {
  const row = change.kind === 'create' ? `the new ${change.entityType}` : `${change.entityType} ${change.id}`;
  const name = change.name === '' ? row : `${row} (“${change.name.slice(0, 100)}”)`;
  for (const field of change.fields) {
    const schema = fields.get(field.field);
    if (schema === undefined) throw new PlanInvalidError(`${name} has no field ${field.field}`);
    const problem = problemWith(field, schema);
    if (problem !== undefined) throw new PlanInvalidError(`${field.field} of ${name} ${problem}`);
  }
}

const NEVER_WRITTEN = ['image', 'calculated', 'summary', 'uuid', 'password'];
const INT32 = 2 ** 31;

/** Undefined: nothing that can be seen from here. */
function problemWith({ after }: FieldChange, schema: FieldSchema): string | undefined {
  const { dataType } = schema;
  if (NEVER_WRITTEN.includes(dataType)) return 'cannot be written';
  if (after === null) return dataType === 'checkbox' ? 'is a checkbox, which is never empty' : undefined;
  switch (dataType) {
    case 'status_list':
    case 'list':
      if (typeof after !== 'string') return `must be one of ${schema.validValues.join(', ')}`;
      // A site that does not tell its values decides itself.
      return schema.validValues.length === 0 || schema.validValues.includes(after)
        ? undefined
        : `cannot be “${after.slice(0, 50)}”; this site has ${schema.validValues.join(', ')}`;
    case 'text':
      return typeof after === 'string' ? undefined : 'must be text';
    case 'checkbox':
      return typeof after === 'boolean' ? undefined : 'must be true or false';
    case 'number':
    case 'duration':
      return Number.isInteger(after) && Math.abs(Number(after)) < INT32 ? undefined : 'must be a whole number';
    case 'float':
    case 'percent':
      return isNumber(after) ? undefined : 'must be a number';
    case 'date':
      return isDate(after) ? undefined : 'must be a date, YYYY-MM-DD';
    case 'date_time':
      return typeof after === 'string' && !Number.isNaN(Date.parse(after)) ? undefined : 'must be a date and time';
    case 'entity':
      return isLink(after) && mayLink(after, schema) ? undefined : `must be a link to ${typesOf(schema)}`;
    case 'multi_entity': {
      const links: readonly FieldValue[] = Array.isArray(after) ? (after as readonly FieldValue[]) : [null];
      return links.every((link) => isLink(link) && mayLink(link, schema))
        ? undefined
        : `must be a list of links to ${typesOf(schema)}`;
    }
    default:
      return undefined;
  }
}

/** The site reads a float back as text. */
function isNumber(value: FieldValue): boolean {
  return typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
}

function isDate(value: FieldValue): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function mayLink(link: { readonly type: string }, { validTypes }: FieldSchema): boolean {
  return validTypes.length === 0 || validTypes.includes(link.type);
}

function typesOf({ validTypes }: FieldSchema): string {
  return validTypes.length === 0 ? 'a row' : validTypes.join(' or ');
}

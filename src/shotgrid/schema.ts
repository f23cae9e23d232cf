/**
 * The site's own description of a type's fields.
 * ShotGrid REST: every property is `{value, editable}`; `hidden_values` differs by project; the value of `editable` is
 * that of the caller's permissions.
 */
import { unreadable, type Api, type CallOptions } from './api.ts';
import { checkEntityType, checkField, checkRowId } from './entity-path.ts';
import { isRecord, own, ownPath } from './json.ts';

export type FieldSchema = {
  /** As people see it. */
  readonly name: string;
  /** `text`, `status_list`, `entity`, `multi_entity`, `checkbox` … */
  readonly dataType: string;
  /** For this caller: false is a refusal, true only means maybe. */
  readonly editable: boolean;
  readonly mandatory: boolean;
  readonly validValues: readonly string[];
  /** Not offered in this project; the site does not enforce it on write. */
  readonly hiddenValues: readonly string[];
  /** Code to label; a code may be missing. */
  readonly displayValues: ReadonlyMap<string, string>;
  readonly defaultValue: unknown;
  /** Types an entity field may link to. */
  readonly validTypes: readonly string[];
};

/** Every field of the type that the caller may see, by code. */
export async function readFields(
  api: Api,
  entityType: string,
  projectId: number | undefined,
  options: CallOptions | undefined,
): Promise<ReadonlyMap<string, FieldSchema>> {
  const path = `/schema/${checkEntityType(entityType)}/fields${projectQuery(projectId)}`;
  const data = ownPath(await api({ operation: 'schema', kind: 'read', method: 'GET', path, options }), 'data');
  if (!isRecord(data)) throw unreadable('read');
  const fields = new Map<string, FieldSchema>();
  for (const [code, field] of Object.entries(data)) {
    const schema = parseField(code, field);
    if (schema !== undefined) fields.set(code, schema);
  }
  return fields;
}

/** One field of the type. */
export async function readField(
  api: Api,
  entityType: string,
  field: string,
  projectId: number | undefined,
  options: CallOptions | undefined,
): Promise<FieldSchema> {
  const path = `/schema/${checkEntityType(entityType)}/fields/${checkField(field)}${projectQuery(projectId)}`;
  const data = ownPath(await api({ operation: 'schema', kind: 'read', method: 'GET', path, options }), 'data');
  // The description stands either under `data` itself or under the field's code in it.
  const schema = parseField(field, data) ?? parseField(field, ownPath(data, field));
  if (schema === undefined) throw unreadable('read');
  return schema;
}

function projectQuery(projectId: number | undefined): string {
  return projectId === undefined ? '' : `?project_id=${checkRowId(projectId)}`;
}

function parseField(code: string, field: unknown): FieldSchema | undefined {
  const dataType = ownPath(field, 'data_type', 'value');
  if (typeof dataType !== 'string') return undefined;
  const name = ownPath(field, 'name', 'value');
  const property = (key: string): unknown => ownPath(field, 'properties', key, 'value');
  return {
    name: typeof name === 'string' && name !== '' ? name : code,
    dataType,
    editable: ownPath(field, 'editable', 'value') === true,
    mandatory: ownPath(field, 'mandatory', 'value') === true,
    validValues: strings(property('valid_values')),
    hiddenValues: strings(property('hidden_values')),
    displayValues: labels(property('display_values')),
    defaultValue: property('default_value'),
    validTypes: strings(property('valid_types')),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function labels(value: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!isRecord(value)) return found;
  for (const code of Object.keys(value)) {
    const label = own(value, code);
    if (typeof label === 'string' && label !== '') found.set(code, label);
  }
  return found;
}

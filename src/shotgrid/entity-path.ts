/**
 * Names that end up in the path or the query of a call, checked for shape so that none can leave its place.
 * Pure. ShotGrid REST accepts the schema name (`HumanUser`) as the path segment.
 */
import { malformedRequest } from './errors.ts';

const ENTITY_TYPE = /^[A-Z][A-Za-z0-9_]{0,99}$/;
const FIELD_PATH = /^[A-Za-z_][A-Za-z0-9_]{0,99}(\.[A-Za-z0-9_]{1,100}){0,8}$/;

/** `/entity/Version` or `/entity/Version/12`. @throws ShotgridRequestError when a name has the wrong shape. */
export function entityPath(entityType: string, id?: number): string {
  checkEntityType(entityType);
  return id === undefined ? `/entity/${entityType}` : `/entity/${entityType}/${checkRowId(id)}`;
}

/** @throws ShotgridRequestError unless this looks like a schema name (`Version`, `CustomEntity01`). */
export function checkEntityType(entityType: string): string {
  if (!ENTITY_TYPE.test(entityType)) throw malformedRequest('that is not the name of an entity type');
  return entityType;
}

/** @throws ShotgridRequestError unless this is a row id. */
export function checkRowId(id: number): number {
  if (!Number.isSafeInteger(id) || id < 1) throw malformedRequest('that is not the id of a row');
  return id;
}

/** @throws ShotgridRequestError unless this looks like a field code or a dotted path (`entity.Shot.code`). */
export function checkField(field: string): string {
  if (!FIELD_PATH.test(field)) throw malformedRequest('that is not the name of a field');
  return field;
}

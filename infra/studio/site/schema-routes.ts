/** `/schema`: types and fields as `{value, editable}` pairs. `editable.value` of a field is the caller's own. */
import { Router } from 'express';
import { authenticate } from './caller.ts';
import type { Caller } from './caller.ts';
import { ENTITY_TYPES, typeBySpelling } from './entity-types.ts';
import { notFound } from './errors.ts';
import { mayEditField } from './permissions.ts';
import type { EntityType, Field } from './schema.ts';
import type { SiteState } from './state.ts';

export function schemaRoutes(state: SiteState): Router {
  const router = Router();

  router.get('/schema', (request, response) => {
    authenticate(state, request);
    response.json({
      data: Object.fromEntries([...ENTITY_TYPES.values()].map((type) => [type.name, describeType(type)])),
    });
  });
  router.get('/schema/:type', (request, response) => {
    authenticate(state, request);
    response.json({ data: describeType(typeNamed(request.params.type)) });
  });
  router.get('/schema/:type/fields', (request, response) => {
    const caller = authenticate(state, request);
    const type = typeNamed(request.params.type);
    const fields = [...type.fields.values()];
    const scoped = request.query['project_id'] !== undefined;
    response.json({
      data: Object.fromEntries(fields.map((field) => [field.name, describeField(caller, type, field, scoped)])),
    });
  });
  router.get('/schema/:type/fields/:field', (request, response) => {
    const caller = authenticate(state, request);
    const type = typeNamed(request.params.type);
    const field = type.fields.get(request.params.field);
    if (!field) throw notFound(103, `Field '${type.name}.${request.params.field}' does not exist.`);
    response.json({ data: describeField(caller, type, field, request.query['project_id'] !== undefined) });
  });
  return router;
}

function typeNamed(name: string): EntityType {
  const type = typeBySpelling(name);
  if (!type) throw notFound(103, `Entity type '${name}' does not exist.`);
  return type;
}

function describeType(type: EntityType) {
  return { name: { value: type.label, editable: true }, visible: { value: true, editable: false } };
}

const fixed = <T>(value: T) => ({ value, editable: false });

function describeField(caller: Caller, type: EntityType, field: Field, projectScoped: boolean) {
  const choices = field.dataType === 'list' || field.dataType === 'status_list';
  return {
    name: { value: field.label, editable: true },
    description: { value: '', editable: true },
    custom_metadata: { value: '', editable: true },
    entity_type: fixed(type.name),
    data_type: fixed(field.dataType),
    editable: fixed(mayEditField(caller, type, field)),
    mandatory: fixed(field.mandatory),
    unique: fixed(field.unique),
    properties: {
      default_value: fixed(field.defaultValue),
      summary_default: { value: 'none', editable: true },
      ...(choices ? { valid_values: { value: field.validValues, editable: true } } : {}),
      ...(field.dataType === 'status_list' ? { display_values: fixed(field.displayValues) } : {}),
      // The only part that differs between projects.
      ...(choices ? { hidden_values: fixed(projectScoped ? field.hiddenValues : []) } : {}),
      ...(field.validTypes.length > 0 ? { valid_types: { value: field.validTypes, editable: true } } : {}),
    },
    visible: { value: true, editable: true },
    ui_value_displayable: fixed(true),
  };
}

/**
 * What an entity type and a field are, and the spellings under which REST addresses a type:
 * snake_case plural, the CamelCase schema name, and the snake_case singular.
 */
import type { FieldValue } from './store.ts';

export type DataType =
  | 'text'
  | 'number'
  | 'float'
  | 'percent'
  | 'duration'
  | 'checkbox'
  | 'date'
  | 'date_time'
  | 'list'
  | 'status_list'
  | 'entity_type'
  | 'entity'
  | 'multi_entity'
  | 'image'
  | 'url'
  | 'uuid'
  | 'password'
  | 'serializable'
  | 'calculated'
  | 'summary';

/**
 * Where a field's value lives: on the row; on the rows that link here; on a join row; or it is worked out.
 */
export type Origin =
  | { readonly kind: 'own' }
  | { readonly kind: 'inverse'; readonly type: string; readonly field: string }
  | { readonly kind: 'through'; readonly join: string; readonly here: string; readonly there: string }
  | { readonly kind: 'computed' };

export type Field = {
  readonly name: string;
  readonly label: string;
  readonly dataType: DataType;
  readonly editable: boolean;
  readonly mandatory: boolean;
  readonly unique: boolean;
  readonly validTypes: readonly string[];
  readonly validValues: readonly string[];
  readonly displayValues: Readonly<Record<string, string>>;
  readonly hiddenValues: readonly string[];
  readonly defaultValue: FieldValue;
  readonly origin: Origin;
};

export type EntityType = {
  /** CamelCase schema name. */
  readonly name: string;
  /** snake_case plural, as in `links.self`. */
  readonly slug: string;
  readonly label: string;
  /** The field that names a row. */
  readonly identity: string;
  readonly projectScoped: boolean;
  readonly fields: ReadonlyMap<string, Field>;
};

export type FieldExtra = Partial<Omit<Field, 'name' | 'label' | 'dataType'>>;
export type FieldDraft = Omit<Field, 'name'>;

/** A field before it has its name. Types that the site works out are not editable. */
export function field(dataType: DataType, label: string, extra: FieldExtra = {}): FieldDraft {
  const readOnly = ['image', 'calculated', 'summary', 'uuid', 'password'].includes(dataType);
  return {
    label,
    dataType,
    editable: !readOnly,
    mandatory: false,
    unique: false,
    validTypes: [],
    validValues: [],
    displayValues: {},
    hiddenValues: [],
    defaultValue: dataType === 'checkbox' ? false : null,
    origin: { kind: 'own' },
    ...extra,
  };
}

export function link(label: string, validTypes: readonly string[], extra: FieldExtra = {}): FieldDraft {
  return field('entity', label, { validTypes, ...extra });
}

export function links(label: string, validTypes: readonly string[], extra: FieldExtra = {}): FieldDraft {
  return field('multi_entity', label, { validTypes, defaultValue: [], ...extra });
}

/** A multi-entity field that is the other side of `type.field`. */
export function inverse(label: string, type: string, fieldName: string): FieldDraft {
  return links(label, [type], { origin: { kind: 'inverse', type, field: fieldName } });
}

export function statuses(
  values: Readonly<Record<string, string>>,
  defaultValue: string,
  hidden: readonly string[] = [],
) {
  return field('status_list', 'Status', {
    validValues: Object.keys(values),
    displayValues: values,
    hiddenValues: hidden,
    defaultValue,
  });
}

export function isLinkType(dataType: DataType): boolean {
  return dataType === 'entity' || dataType === 'multi_entity';
}

/** `PermissionRuleSet` → `permission_rule_set`. */
export function snakeCase(name: string): string {
  return name.replace(/(?<=.)([A-Z])/g, '_$1').toLowerCase();
}

/** The form of an action as its file writes it → {@link FormField}s. */
import { z } from 'zod';
import type { FormField } from './form.ts';

const entityType = z.string().regex(/^[A-Z][A-Za-z0-9_]{0,63}$/, 'must be an entity type such as Version');
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as "2026-05-01"');

const base = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be lower-case letters, digits and underscores')
    .refine((name) => name !== 'csrf' && name !== 'plan', 'is a name the page itself uses'),
  label: z.string().min(1).max(100),
  help: z.string().max(500).optional(),
  required: z.boolean().default(false),
  secret: z.boolean().default(false),
  only_when: z.strictObject({ field: z.string(), is: z.array(z.union([z.string(), z.boolean()])).min(1) }).optional(),
};

const fileField = z.discriminatedUnion('type', [
  z.strictObject({
    ...base,
    type: z.literal('text'),
    max_length: z.int().min(1).max(1000).default(200),
    pattern: z.string().max(200).refine(isPattern, 'must be a regular expression').optional(),
    default: z.string().optional(),
  }),
  z.strictObject({
    ...base,
    type: z.literal('long_text'),
    max_length: z.int().min(1).max(50_000).default(5000),
    default: z.string().optional(),
  }),
  z.strictObject({
    ...base,
    type: z.literal('number'),
    min: z.number().optional(),
    max: z.number().optional(),
    integer: z.boolean().default(false),
    default: z.number().optional(),
  }),
  z.strictObject({ ...base, type: z.literal('checkbox'), default: z.boolean().default(false) }),
  z.strictObject({
    ...base,
    type: z.literal('date'),
    min: date.optional(),
    max: date.optional(),
    default: date.optional(),
  }),
  z.strictObject({
    ...base,
    type: z.literal('choice'),
    options: z
      .array(z.union([z.string(), z.strictObject({ value: z.string(), label: z.string() })]))
      .min(1)
      .max(500),
    default: z.string().optional(),
  }),
  z.strictObject({ ...base, type: z.literal('status'), entity_type: entityType, default: z.string().optional() }),
  z.strictObject({
    ...base,
    type: z.literal('entity'),
    entity_types: z.array(entityType).min(1).max(20),
    multiple: z.boolean().default(false),
  }),
  z.strictObject({ ...base, type: z.literal('user'), multiple: z.boolean().default(false) }),
]);

/** A list of fields; names are unique, and a field depends only on one above it. */
export const formSchema = z
  .array(fileField)
  .max(50)
  .default([])
  .superRefine((fields, context) => {
    const above = new Set<string>();
    for (const [index, field] of fields.entries()) {
      if (above.has(field.name)) {
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'another field has this name already' });
      }
      if (field.only_when !== undefined && !above.has(field.only_when.field)) {
        context.addIssue({
          code: 'custom',
          path: [index, 'only_when', 'field'],
          message: 'must name a field above this one',
        });
      }
      above.add(field.name);
    }
  })
  .transform((fields): readonly FormField[] => fields.map(toFormField));

function toFormField(field: z.output<typeof fileField>): FormField {
  const { name, label, required, secret, help, only_when: onlyWhen } = field;
  const common = {
    name,
    label,
    required,
    secret,
    ...(help === undefined ? {} : { help }),
    ...(onlyWhen === undefined ? {} : { onlyWhen }),
  };
  switch (field.type) {
    case 'text':
      return {
        ...common,
        type: field.type,
        maxLength: field.max_length,
        ...given({ pattern: field.pattern, default: field.default }),
      };
    case 'long_text':
      return { ...common, type: field.type, maxLength: field.max_length, ...given({ default: field.default }) };
    case 'number':
      return {
        ...common,
        type: field.type,
        integer: field.integer,
        ...given({ min: field.min, max: field.max, default: field.default }),
      };
    case 'checkbox':
      return { ...common, type: field.type, default: field.default };
    case 'date':
      return { ...common, type: field.type, ...given({ min: field.min, max: field.max, default: field.default }) };
    case 'choice':
      return {
        ...common,
        type: field.type,
        options: field.options.map((option) =>
          typeof option === 'string' ? { value: option, label: option } : option,
        ),
        ...given({ default: field.default }),
      };
    case 'status':
      return { ...common, type: field.type, entityType: field.entity_type, ...given({ default: field.default }) };
    case 'entity':
      return { ...common, type: field.type, entityTypes: field.entity_types, multiple: field.multiple };
    case 'user':
      return { ...common, type: field.type, multiple: field.multiple };
  }
}

/** The members that have a value: an absent one stays an absent key. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

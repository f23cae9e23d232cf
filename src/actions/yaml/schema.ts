/** What an action file may hold. Keys are a closed list at every level. */
import { z } from 'zod';
import { formSchema } from '../form-schema.ts';
import { menuPiece } from '../menu-section.ts';
import type { FieldValue } from '../plan.ts';
import { remotePiece, touchesPiece, unknownSecretFields } from '../remote/remote-file.ts';

const entityType = z.string().regex(/^[A-Z][A-Za-z0-9_]{0,63}$/, 'must be an entity type such as Version');
const fieldName = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be a field code such as sg_status_list');

const scalar = z.union([z.string().max(20_000), z.number(), z.boolean(), z.null()]);
const link = z.strictObject({ type: entityType, id: z.union([z.int().positive(), z.string().max(500)]) });
const item = z.union([z.string().max(20_000), link]);
const value: z.ZodType<FieldValue> = z.union([scalar, link, z.array(item).max(500)], {
  error: 'must be text, a number, true, false, null, a link {type, id} or a list of links',
});

const values = z
  .record(fieldName, value)
  .refine((fields) => Object.keys(fields).length > 0, 'must name at least one field');

const target = z.union(
  [
    z.literal('selection'),
    z.strictObject({ link: fieldName, type: entityType }),
    z.strictObject({ form: z.string(), type: entityType }),
  ],
  { error: 'must be selection, {link: <field>, type: <Type>} or {form: <field>, type: <Type>}' },
);

const step = z
  .strictObject({
    update: target.optional(),
    create: entityType.optional(),
    delete: target.optional(),
    set: values.optional(),
    clear: z.array(fieldName).min(1).optional(),
    add: values.optional(),
    remove: values.optional(),
    for: z.enum(['row', 'selection']).optional(),
    when: z.string().max(1000).optional(),
  })
  .superRefine((given, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    const operations = [given.update, given.create, given.delete].filter((operation) => operation !== undefined);
    if (operations.length !== 1) complain('must be exactly one of update, create and delete');
    const writes = [given.set, given.clear, given.add, given.remove].filter((part) => part !== undefined);
    if (given.update !== undefined && writes.length === 0) complain('an update needs set, clear, add or remove');
    if (given.delete !== undefined && writes.length > 0) complain('a delete sets no fields');
    if (given.create !== undefined && given.set === undefined) complain('a create needs set');
    if (given.create !== undefined && writes.length > (given.set === undefined ? 0 : 1)) {
      complain('a create takes set only');
    }
    if (given.for !== undefined && given.create === undefined) complain('"for" belongs to create');
  });

const access = z
  .strictObject({
    roles: z.array(z.enum(['user', 'admin', 'auditor'])).default([]),
    permission_groups: z.array(z.string().min(1)).default([]),
    projects: z.array(z.union([z.int().positive(), z.string().min(1)])).default([]),
  })
  .prefault({});

export const actionFile = z
  .strictObject({
    title: z.string().min(1).max(100),
    description: z.string().max(1000).optional(),
    entity_types: z.array(entityType).min(1).max(50),
    access,
    form: formSchema,
    set: values.optional(),
    do: z.array(step).min(1).max(20).optional(),
    remote: remotePiece.optional(),
    touches: touchesPiece.optional(),
    /** By the person's own session in ShotGrid alone, which they approve there. */
    as: z.literal('self', { error: 'can only be self; leave it out otherwise' }).optional(),
    confirm: z.enum(['click', 'type_number']).default('click'),
    max_rows: z.int().min(1).max(5000).default(5000),
    signature_algorithm: z.enum(['sha1', 'sha256']).optional(),
    secret_tokens: z
      .string()
      .regex(/^AMI_SECRET_TOKENS_[A-Z0-9_]+$/, 'must name a variable AMI_SECRET_TOKENS_…')
      .optional(),
    light_payload: z.boolean().default(false),
    menu: menuPiece,
  })
  .superRefine((file, context) => {
    const complain = (message: string, ...path: readonly string[]): void => {
      context.addIssue({ code: 'custom', message, path: [...path] });
    };
    const hasSteps = file.set !== undefined || file.do !== undefined;
    if (!hasSteps && file.remote === undefined) complain('must say what it does: set, do or remote');
    if (hasSteps && file.remote !== undefined) complain('belongs to a file without set and do', 'remote');
    if (file.remote === undefined) {
      if (file.touches !== undefined) complain('belongs to remote; elsewhere the steps say what they touch', 'touches');
      return;
    }
    for (const name of unknownSecretFields(file.remote, file.form)) {
      complain(`the form has no secret field "${name}"`, 'remote', 'secret_fields');
    }
  });

export type ActionFile = z.output<typeof actionFile>;
export type FileStep = z.output<typeof step>;

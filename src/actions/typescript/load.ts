/** A TypeScript action file → `ActionDefinition`: its code is the studio's own and runs; what it says is checked all the same. */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { ActionDefinition, ActionRow, MenuEntry, PlanContext } from '../definition.ts';
import { formSchema } from '../form-schema.ts';
import { linksOf, listChange, setChange } from '../links.ts';
import { MENU_KEYS, menuEntries, menuPiece } from '../menu-section.ts';
import type { Change, FieldChange, FieldValue, Plan, UntouchedRow } from '../plan.ts';
import { definitionProblems, loadProblem } from './problems.ts';
import { specOf, type ActionContext, type ActionSpec, type FormSpec, type Proposal } from './define.ts';

const entityType = z.string().regex(/^[A-Z][A-Za-z0-9_]{0,63}$/, 'must be an entity type such as Version');
const fieldName = z.string().regex(/^[a-z][a-z0-9_.A-Z]{0,199}$/, 'must be a field code such as sg_status_list');

const service = z.string().regex(/^[\x21-\x7e]{1,500}$/, 'must be text without spaces');
const proofWish = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('assertion'), audience: service }),
  z
    .strictObject({
      kind: z.literal('access_token'),
      audience: service.optional(),
      resource: service.optional(),
      scope: z.string().max(500).optional(),
    })
    .refine((wish) => wish.audience !== undefined || wish.resource !== undefined, 'must name audience or resource'),
]);

const Spec = z.strictObject({
  title: z.string().min(1).max(100),
  description: z.string().max(1000).optional(),
  entityTypes: z.array(entityType).min(1).max(50),
  access: z
    .strictObject({
      roles: z.array(z.enum(['user', 'admin', 'auditor'])).default([]),
      permissionGroups: z.array(z.string().min(1)).default([]),
      projects: z.array(z.union([z.int().positive(), z.string().min(1)])).default([]),
    })
    .prefault({}),
  form: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  fields: z.array(fieldName).max(200).default([]),
  touches: z
    .array(
      z.strictObject({
        operation: z.enum(['update', 'create', 'delete']),
        entityType,
        fields: z.array(fieldName).default([]),
      }),
    )
    .default([]),
  confirm: z.enum(['never', 'click', 'type_number']).optional(),
  as: z.literal('self', { error: 'can only be self; leave it out otherwise' }).optional(),
  maxRows: z.int().min(1).max(5000).default(5000),
  proof: proofWish.optional(),
  handOff: z.boolean().default(false),
  secretTokens: z
    .string()
    .regex(/^AMI_SECRET_TOKENS_[A-Z0-9_]+$/, 'must name a variable AMI_SECRET_TOKENS_…')
    .optional(),
  signatureAlgorithm: z.enum(['sha1', 'sha256']).optional(),
  lightPayload: z.boolean().default(false),
  menu: z.unknown().optional(),
  plan: z.custom<ActionSpec<FormSpec>['plan']>((value) => typeof value === 'function', 'must be a function'),
});

export type LoadResult =
  | { readonly action: ActionDefinition; readonly problems?: undefined }
  | { readonly action?: undefined; readonly problems: readonly string[] };

/**
 * Imports the file and reads what it exports as `action`.
 *
 * @param version - Changes with the file, so that a changed file is imported anew.
 */
export async function loadTypescriptAction(id: string, path: string, version: string): Promise<LoadResult> {
  let exported: unknown;
  try {
    const url = pathToFileURL(path);
    url.searchParams.set('v', version);
    exported = ((await import(url.href)) as { readonly action?: unknown }).action;
  } catch (error) {
    return { problems: [loadProblem(error, path)] };
  }
  const spec = specOf(exported);
  if (spec === undefined) return { problems: ['must export `action`, made by defineAction'] };
  const parsed = Spec.safeParse(spec);
  if (!parsed.success) return { problems: await describe(parsed.error.issues, path) };
  const fields = Object.entries(parsed.data.form);
  const form = formSchema.safeParse(fields.map(([name, field]) => ({ name, ...snakeCase(field) })));
  if (!form.success) {
    const issues = form.error.issues.map((issue) => inCamelCase(issue, fields));
    return { problems: await describe(issues, path) };
  }

  const file = parsed.data;
  const menu = readMenu(file);
  if ('issues' in menu) return { problems: await describe(menu.issues, path) };
  const confirmation = file.confirm ?? (file.touches.length === 0 ? 'never' : 'click');
  if (confirmation === 'never' && file.touches.length > 0) {
    return { problems: ['confirm: "never" is only for an action that touches nothing'] };
  }
  if (file.handOff && file.touches.length > 0) {
    return {
      problems: ['handOff: is only for an action that touches nothing, since what a worker does is not its plan'],
    };
  }
  return {
    action: {
      id,
      title: file.title,
      description: file.description,
      kind: 'typescript',
      entityTypes: file.entityTypes,
      access: file.access,
      form: form.data,
      touches: file.touches,
      confirmation,
      secretTokensVariable: file.secretTokens,
      signatureAlgorithm: file.signatureAlgorithm,
      lightPayload: file.lightPayload,
      menu: menu.entries,
      as: file.as,
      maxRows: file.maxRows,
      proof: file.proof,
      handOff: file.handOff,
      plan: (context) => planWith(spec, file.fields, context),
    },
  };
}

function readMenu(
  file: z.output<typeof Spec>,
): { readonly entries: readonly MenuEntry[] } | { readonly issues: readonly z.core.$ZodIssue[] } {
  const given: unknown = file.menu;
  const snake = (item: unknown): unknown =>
    item !== null && typeof item === 'object' ? snakeCase(item as Readonly<Record<string, unknown>>) : item;
  const parsed = menuPiece.safeParse(Array.isArray(given) ? given.map(snake) : snake(given));
  if (!parsed.success) return { issues: parsed.error.issues.map((issue) => keysInCamelCase(issue, ['menu'])) };
  const { entries, problems } = menuEntries(parsed.data, { ...file, isReport: file.touches.length === 0 });
  if (problems.length === 0) return { entries };
  return {
    issues: problems.map(({ path, message }) => keysInCamelCase({ code: 'custom', path: [...path], message }, [])),
  };
}

async function planWith(spec: ActionSpec<FormSpec>, fields: readonly string[], context: PlanContext): Promise<Plan> {
  const { entityType, selectedIds } = context.payload;
  const read =
    entityType === undefined || selectedIds.length === 0
      ? []
      : await context.read.rows(entityType, selectedIds, fields);
  const found = new Map(read.map((row) => [row.id, row]));
  const missing = selectedIds.filter((id) => !found.has(id));
  const answer = await spec.plan({
    ...context,
    form: context.form as ActionContext<FormSpec>['form'],
    rows: selectedIds.map((id) => found.get(id)).filter((row) => row !== undefined),
    missing,
    proof: context.proof ?? refuseProof,
    handOff: context.handOff ?? refuseHandOff,
  });
  const changes: Change[] = [];
  const untouched: UntouchedRow[] = missing.map((id) => ({
    entityType: entityType ?? '',
    id,
    name: `${entityType ?? ''} ${id}`,
    reason: 'not_found',
  }));
  for (const proposal of answer.changes ?? []) {
    const change = toChange(proposal);
    if (change.kind === 'update' && change.fields.length === 0) {
      untouched.push({ entityType: change.entityType, id: change.id, name: change.name, reason: 'already_so' });
    } else changes.push(change);
  }
  return { changes, untouched, ...(answer.report === undefined ? {} : { report: answer.report }) };
}

function refuseProof(): Promise<never> {
  return Promise.reject(new TypeError('the action names no service in its `proof`, or there is nobody to give one'));
}

function refuseHandOff(): Promise<never> {
  return Promise.reject(new TypeError('the action does not say `handOff: true`, or there is nobody to hand over'));
}

function toChange(proposal: Proposal): Change {
  if ('create' in proposal) {
    const fields = Object.entries(proposal.set).flatMap(([field, after]) => setChange(field, null, after) ?? []);
    const name = proposal.name ?? fields.find(({ field }) => ['code', 'subject', 'content'].includes(field))?.after;
    return {
      kind: 'create',
      entityType: proposal.create,
      name: typeof name === 'string' ? name.slice(0, 100) : `New ${proposal.create}`,
      fields,
    };
  }
  if ('delete' in proposal) return { kind: 'delete', ...named(proposal.delete), fields: [] };
  return { kind: 'update', ...named(proposal.update), fields: fieldsOf(proposal) };
}

function fieldsOf(proposal: Exclude<Proposal, { create: string } | { delete: ActionRow }>): readonly FieldChange[] {
  const before = (field: string): FieldValue => {
    // Without the value of now, nobody could see what changes, nor notice that somebody else changed it meanwhile.
    if (!Object.hasOwn(proposal.update.fields, field)) {
      throw new TypeError(`the action changes "${field}", which its \`fields\` do not read`);
    }
    return proposal.update.fields[field] as FieldValue;
  };
  const changes =
    'set' in proposal
      ? Object.entries(proposal.set).map(([field, after]) => setChange(field, before(field), after))
      : 'add' in proposal
        ? Object.entries(proposal.add).map(([field, links]) => listChange(field, before(field), 'add', linksOf(links)))
        : Object.entries(proposal.remove).map(([field, links]) =>
            listChange(field, before(field), 'remove', linksOf(links)),
          );
  return changes.filter((change) => change !== undefined);
}

function named(row: ActionRow): { readonly entityType: string; readonly id: number; readonly name: string } {
  return { entityType: row.type, id: row.id, name: row.name ?? `${row.type} ${row.id}` };
}

/** A field of a form has one schema, written in snake case in YAML and in camel case in TypeScript. */
function snakeCase(field: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(field).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

/** A problem of a form is told in the words of the file: by the field's name, and its keys as they are written there. */
function inCamelCase(issue: z.core.$ZodIssue, fields: readonly (readonly [string, unknown])[]): z.core.$ZodIssue {
  const [index, ...rest] = issue.path;
  const name = typeof index === 'number' ? fields[index]?.[0] : undefined;
  return keysInCamelCase({ ...issue, path: rest }, ['form', ...(name === undefined ? [] : [name])]);
}

function keysInCamelCase(issue: z.core.$ZodIssue, before: readonly string[]): z.core.$ZodIssue {
  const path = [...before, ...issue.path.map((key) => (typeof key === 'string' ? camelCase(key) : key))];
  return issue.code === 'unrecognized_keys' ? { ...issue, path, keys: issue.keys.map(camelCase) } : { ...issue, path };
}

function camelCase(key: string): string {
  return key.replaceAll(/_[a-z]/g, (pair) => pair.slice(1).toUpperCase());
}

async function describe(issues: readonly z.core.$ZodIssue[], path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return issues.flatMap((issue) => definitionProblems(issue, text, knownKeys));
}

const FIELD_KEYS = [
  'type',
  'label',
  'help',
  'required',
  'secret',
  'onlyWhen',
  'default',
  'min',
  'max',
  'options',
  'pattern',
  'maxLength',
  'integer',
  'entityType',
  'entityTypes',
  'multiple',
];

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(Spec.shape);
  if (path[0] === 'form') return FIELD_KEYS;
  if (path[0] === 'touches') return ['operation', 'entityType', 'fields'];
  if (path[0] === 'access') return ['roles', 'permissionGroups', 'projects'];
  if (path[0] === 'menu') return MENU_KEYS.map(camelCase);
  return ['kind', 'audience', 'resource', 'scope'];
}

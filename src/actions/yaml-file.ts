/**
 * One YAML action file → `ActionDefinition`. The file is somebody's text: keys are a closed list, aliases are off
 * (an alias bomb is a few lines long), and every problem comes with its line.
 */
import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import type { ActionDefinition } from './definition.ts';
import type { FieldValue } from './plan.ts';
import { planSetFields } from './set-fields.ts';

const entityType = z.string().regex(/^[A-Z][A-Za-z0-9_]{0,63}$/, 'must be an entity type such as Version');
const fieldName = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be a field code such as sg_status_list');
const link = z.strictObject({ type: entityType, id: z.int().positive() });
const value = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null(), link, z.array(link).max(500)], {
  error: 'must be text, a number, true, false, null, a link {type, id} or a list of links',
});

const ActionFile = z.strictObject({
  title: z.string().min(1).max(100),
  description: z.string().max(1000).optional(),
  entity_types: z.array(entityType).min(1).max(50),
  set: z.record(fieldName, value).refine((fields) => Object.keys(fields).length > 0, 'must set at least one field'),
  max_rows: z.int().min(1).max(5000).default(5000),
  signature_algorithm: z.enum(['sha1', 'sha256']).optional(),
  secret_tokens: z
    .string()
    .regex(/^AMI_SECRET_TOKENS_[A-Z0-9_]+$/, 'must name a variable AMI_SECRET_TOKENS_…')
    .optional(),
  light_payload: z.boolean().default(false),
});

export type YamlResult =
  | { readonly action: ActionDefinition; readonly problems?: undefined }
  | { readonly action?: undefined; readonly problems: readonly string[] };

/**
 * @param id - The action's id: the file's name without its ending.
 * @param text - The file's text.
 * @returns The action, or every problem as `line N: where: what to write instead`.
 */
export function parseYamlAction(id: string, text: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, merge: false });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => `line ${lines.linePos(error.pos[0]).line}: ${firstLine(error.message)}`),
    };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 0 });
  } catch {
    return { problems: ['line 1: anchors and aliases are not allowed in an action file'] };
  }
  const parsed = ActionFile.safeParse(content);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map((issue) => `line ${lineOf(document, lines, issue)}: ${sentence(issue)}`),
    };
  }
  const file = parsed.data;
  return {
    action: {
      id,
      title: file.title,
      description: file.description,
      kind: 'yaml',
      entityTypes: file.entity_types,
      access: { roles: [], permissionGroups: [], projects: [] },
      form: [],
      touches: file.entity_types.map((entityType) => ({
        operation: 'update',
        entityType,
        fields: Object.keys(file.set),
      })),
      confirmation: 'click',
      secretTokensVariable: file.secret_tokens,
      signatureAlgorithm: file.signature_algorithm,
      lightPayload: file.light_payload,
      maxRows: file.max_rows,
      plan: planSetFields(new Map<string, FieldValue>(Object.entries(file.set))),
    },
  };
}

function sentence(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

/** The line of the value an issue is about, or of the nearest thing around it. */
function lineOf(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): number {
  for (let depth = issue.path.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(issue.path.slice(0, depth), true);
    if (node !== null && typeof node === 'object' && 'range' in node && Array.isArray(node.range)) {
      return lines.linePos(Number(node.range[0])).line;
    }
  }
  return 1;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

/**
 * What a remote service may answer, key by key: checked by this schema, published as JSON Schema from it.
 * It names rows and wanted values only. What the rows hold and are called now is read from ShotGrid, as the person.
 */
import { z } from 'zod';

const MAX_CHANGES = 5000;
const MAX_FIELDS = 200;
const MAX_LINKS = 1000;

const entityType = z.string().regex(/^[A-Z][A-Za-z0-9_]{0,63}$/, 'must be an entity type such as Version');
const fieldCode = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be a field code such as sg_status_list');
const rowId = z.int('must be the id of a row').positive('must be the id of a row');
const longText = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/, 'must not hold a NUL character');
// No property classes: the pattern is published, and Python's `re` does not know them.
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const ONE_LINE = /^[^\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/u;

/** Shown on one line, so it may hold nothing that breaks, moves or hides text. */
const shortText = (max: number): z.ZodString => z.string().max(max).regex(ONE_LINE, 'must not hold control characters');

const link = z
  .strictObject({
    type: entityType,
    id: rowId,
    name: z.string().max(1000).nullish().describe('Ignored: names are read from ShotGrid.'),
  })
  .describe('A link to a row.');
const links = z.array(link).min(1).max(MAX_LINKS);
const webLink = z
  .strictObject({
    url: z
      .string()
      .max(2000)
      .regex(/^https?:\/\//, 'must be an http(s) address'),
    name: shortText(500).optional(),
  })
  .describe('The value of a field of type URL.');

const fieldValue = z
  .union(
    [
      longText(50_000),
      z.number(),
      z.boolean(),
      z.null(),
      link,
      webLink,
      z.array(link).max(MAX_LINKS),
      z.array(longText(1000)).max(MAX_LINKS),
    ],
    { error: 'must be text, a number, true, false, null, a link {type, id}, {url, name} or a list of links or texts' },
  )
  .describe('As ShotGrid’s REST takes it: dates YYYY-MM-DD, times in UTC ending in Z, durations in minutes.');

function recordOf<T extends z.ZodType>(value: T, what: string): z.ZodRecord<typeof fieldCode, T> {
  return z
    .record(fieldCode, value)
    .refine((fields) => {
      const { length } = Object.keys(fields);
      return length > 0 && length <= MAX_FIELDS;
    }, `must name 1 to ${MAX_FIELDS} fields`)
    .meta({ description: what, minProperties: 1, maxProperties: MAX_FIELDS });
}

const update = z
  .strictObject({
    kind: z.literal('update'),
    entityType,
    id: rowId,
    fields: recordOf(fieldValue, 'Set these fields to these values.').optional(),
    add: recordOf(links, 'Add these links to these fields; others that are there stay.').optional(),
    remove: recordOf(links, 'Take these links out of these fields.').optional(),
  })
  .refine(
    ({ fields, add, remove }) => fields !== undefined || add !== undefined || remove !== undefined,
    'must have fields, add or remove',
  )
  .meta({ anyOf: [{ required: ['fields'] }, { required: ['add'] }, { required: ['remove'] }] });

const create = z.strictObject({
  kind: z.literal('create'),
  entityType,
  name: shortText(200).optional().describe('What the preview calls the new row; otherwise its code or subject.'),
  fields: recordOf(fieldValue, 'The new row’s fields, its project among them.'),
});

const remove = z
  .strictObject({ kind: z.literal('delete'), entityType, id: rowId })
  .describe('Retires the row; it can be brought back.');

const report = z
  .strictObject({
    title: shortText(200).optional(),
    text: longText(100_000).optional().describe('Plain text; a blank line begins a paragraph.'),
    links: z
      .array(
        z.strictObject({
          label: shortText(200),
          href: z
            .string()
            .max(2000)
            .regex(/^(https:\/\/[^\s\\]+|\/(?![/\\])[^\s\\]*)$/, 'must be https, or a path of the ShotGrid site')
            .describe('https, or a path of the ShotGrid site such as /detail/Version/6944.'),
        }),
      )
      .max(200)
      .optional(),
    table: z
      .strictObject({
        columns: z
          .array(z.strictObject({ label: shortText(200), type: z.enum(['text', 'number', 'date']).default('text') }))
          .min(1)
          .max(100),
        rows: z
          .array(z.array(z.union([longText(5000), z.number(), z.boolean(), z.null()])))
          .max(20_000)
          .describe('Each as long as columns.'),
      })
      .superRefine(({ columns, rows }, context) => {
        const wrong = rows.findIndex((row) => row.length !== columns.length);
        if (wrong !== -1) {
          context.addIssue({ code: 'custom', path: ['rows', wrong], message: 'must be as long as columns' });
        }
      })
      .optional(),
    file: z
      .strictObject({
        name: shortText(200).regex(/^[^/\\:*?"<>|.][^/\\:*?"<>|]*$/, 'must be a plain file name'),
        contentType: z.string().regex(/^[a-z]+\/[\w.+-]{1,100}(; ?charset=[\w-]+)?$/i, 'must be a content type'),
        base64: z.base64(),
      })
      .optional(),
  })
  .describe('Something to read, beside or instead of changes.');

/** Strict: a key that is not known is an error, so that a typing error is not a change that silently never happens. */
export const answerSchema = z
  .strictObject({
    $schema: z.string().max(500).optional(),
    version: z.literal(1).default(1),
    changes: z
      .array(z.discriminatedUnion('kind', [update, create, remove]))
      .max(MAX_CHANGES)
      .default([]),
    report: report.optional(),
  })
  .describe('The plan that a remote service answers with. Understudy previews, performs and records it.');

export type Answer = z.output<typeof answerSchema>;
export type AnswerChange = Answer['changes'][number];
export type AnswerLink = z.output<typeof link>;
export type AnswerValue = z.output<typeof fieldValue>;

/**
 * The schema as JSON Schema 2020-12, for editors and for services written in other languages.
 *
 * @param url - Where it is published; its `$id`.
 */
export function planJsonSchema(url: string): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(answerSchema, { io: 'input', target: 'draft-2020-12' });
  return { $schema, $id: url, title: 'Plan of a remote Understudy action', ...schema };
}

/** What is wrong with an answer, as `changes[3].fields.sg_x: …`. Keys of the answer's own making are cut and cleaned. */
export function describeIssues(issues: readonly z.core.$ZodIssue[]): readonly string[] {
  return issues.map((issue) => {
    const message =
      issue.code === 'unrecognized_keys'
        ? `has unknown keys: ${issue.keys.slice(0, 5).map(quote).join(', ')}`
        : issue.message;
    return `${placeOf(issue.path)}: ${message}`;
  });
}

export function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the answer';
  return path
    .map((part, depth) =>
      typeof part === 'number' ? `[${part}]` : `${depth === 0 ? '' : '.'}${quoteUnlessPlain(String(part))}`,
    )
    .join('');
}

function quoteUnlessPlain(text: string): string {
  return /^\w{1,100}$/.test(text) ? text : quote(text);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60).replace(/[^\x20-\x7e]/g, '?'));
}

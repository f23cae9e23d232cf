/**
 * What an action file says of a remote service: the keys `remote` and `touches`, the others being those of every kind.
 * How they become a plan is `plan-remotely.ts`.
 */
import { z } from 'zod';
import type { Touch } from '../definition.ts';
import type { ProofWish } from '../proof.ts';

const entityType = z.string().regex(/^[A-Z][A-Za-z0-9_]{0,63}$/, 'must be an entity type such as Version');
const fieldCode = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be a field code such as sg_status_list');
const fieldPath = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,99}(\.[A-Za-z0-9_]{1,100}){0,8}$/,
    'must be a field code or a path such as entity.Shot.code',
  );
const token = z.string().regex(/^[\x21-\x7e]{1,500}$/, 'must be text without spaces');
const fieldsOf = z.array(fieldCode).min(1, 'must name at least one field').max(200);

/** The key `remote`. */
export const remotePiece = z
  .strictObject({
    /** Where the question is sent. Its origin must be listed in REMOTE_ORIGINS. */
    url: z.string().max(2000).refine(isServiceUrl, 'must be an https address (http only on this machine itself)'),
    /** The variable with the secrets shared with the service. */
    secret: z.string().regex(/^REMOTE_SECRET_[A-Z0-9_]{1,100}$/, 'must name a variable REMOTE_SECRET_…'),
    /** Fields of the selected rows that the service is told, as far as the person may see them. */
    fields: z.array(fieldPath).max(100).default([]),
    /** Secret fields of the form that the service needs all the same. */
    secret_fields: z.array(z.string().max(50)).max(20).default([]),
    timeout_seconds: z.int().min(1).max(60).default(10),
    /** Prove to the service who the person is, by a token that this server signs … */
    assertion: z.strictObject({ audience: token }).optional(),
    /** … or by one of the identity provider's. */
    access_token: z
      .strictObject({ audience: token.optional(), resource: token.optional(), scope: z.string().max(500).optional() })
      .refine((wish) => wish.audience !== undefined || wish.resource !== undefined, 'must name audience or resource')
      .optional(),
  })
  .refine((remote) => remote.assertion === undefined || remote.access_token === undefined, {
    message: 'must have assertion or access_token, not both: a request carries one proof',
  });

export type RemoteSettings = z.output<typeof remotePiece>;

/**
 * The key `touches`: all that plans of this action may do, such as `- update: Version` with `fields: [sg_status_list]`.
 * Needed where that cannot be read from the file otherwise; nothing is touched by default.
 */
export const touchesPiece = z
  .array(
    z.union(
      [
        z.strictObject({ update: entityType, fields: fieldsOf }),
        z.strictObject({ create: entityType, fields: fieldsOf }),
        z.strictObject({ delete: entityType }),
      ],
      { error: 'must be update: Type with fields, create: Type with fields, or delete: Type' },
    ),
  )
  .max(50)
  .transform((touches) => touches.map(toTouch));

/** What proof the file asks for. */
export function proofWishOf({ assertion, access_token: accessToken }: RemoteSettings): ProofWish | undefined {
  if (assertion !== undefined) return { kind: 'assertion', audience: assertion.audience };
  return accessToken === undefined ? undefined : { kind: 'access_token', ...accessToken };
}

/** Names in `secret_fields` that are no secret fields of this form: a misspelt one would silently not be sent. */
export function unknownSecretFields(
  settings: RemoteSettings,
  form: readonly { readonly name: string; readonly secret: boolean }[],
): readonly string[] {
  return settings.secret_fields.filter((name) => !form.some((field) => field.secret && field.name === name));
}

function toTouch(
  touch: { update: string; fields: string[] } | { create: string; fields: string[] } | { delete: string },
): Touch {
  if ('update' in touch) return { operation: 'update', entityType: touch.update, fields: touch.fields };
  if ('create' in touch) return { operation: 'create', entityType: touch.create, fields: touch.fields };
  return { operation: 'delete', entityType: touch.delete, fields: [] };
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a question may be sent to such an address at all; which of them it may is a matter of configuration. */
export function isServiceUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url?.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname));
}

/**
 * The secret tokens that `understudy menu` made, and how far a change of them has come. Pure.
 * On disk: JSON, `{"version": 1, "actions": {"approve": {"tokens": [{"token", "made", "until"?}], "rotation"?}}}`, tokens newest first.
 */
import { z } from 'zod';
import { TokensUnavailableError } from './errors.ts';

export type KeptToken = {
  readonly token: string;
  readonly made: Date;
  /** Accepted before this time only; undefined: until further notice. */
  readonly until?: Date | undefined;
};

/** A new item beside each old one, and both tokens accepted for a while. */
export type Rotation = {
  readonly begun: Date;
  readonly overlapMs: number;
  /** `made` is the new item; absent while there is none yet. */
  readonly items: readonly { readonly old: number; readonly made?: number | undefined }[];
  /** End of the overlap; absent while new items are still to be made. */
  readonly until?: Date | undefined;
};

export type ActionTokens = { readonly tokens: readonly KeptToken[]; readonly rotation?: Rotation | undefined };

/** By the name of the action. */
export type TokensState = ReadonlyMap<string, ActionTokens>;

const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()));
const id = z.int().positive();

const File = z.strictObject({
  version: z.literal(1),
  actions: z.record(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    z.strictObject({
      tokens: z
        .array(z.strictObject({ token: z.string().regex(/^[\x21-\x7e]{16,200}$/), made: time, until: time.optional() }))
        .max(20),
      rotation: z
        .strictObject({
          begun: time,
          overlapMs: z.int().positive(),
          items: z.array(z.strictObject({ old: id, made: id.optional() })).max(200),
          until: time.optional(),
        })
        .optional(),
    }),
  ),
});

/** @throws {@link TokensUnavailableError} that says where it is wrong, and repeats nothing of it. */
export function parseTokens(text: string): TokensState {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new TokensUnavailableError('it is not JSON');
  }
  const parsed = File.safeParse(content);
  if (!parsed.success) {
    throw new TokensUnavailableError(`${parsed.error.issues[0]?.path.join('.') ?? ''} is not as it was written`);
  }
  return new Map(Object.entries(parsed.data.actions));
}

export function formatTokens(state: TokensState): string {
  return `${JSON.stringify({ version: 1, actions: Object.fromEntries(state) }, null, 2)}\n`;
}

/** What verifies a click at this time, newest first. A token whose time is over is none, whether or not it was taken out. */
export function acceptedTokens(state: TokensState, action: string, now: Date): readonly string[] {
  const kept = state.get(action)?.tokens ?? [];
  return kept.filter(({ until }) => until === undefined || now < until).map(({ token }) => token);
}

/** Actions in the middle of a change of token. */
export function rotatingActions(state: TokensState): readonly string[] {
  return [...state].filter(([, { rotation }]) => rotation !== undefined).map(([action]) => action);
}

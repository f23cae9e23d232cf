/** Users as text, in the JSON form of the toolkit's `serialize_user(user, use_json=True)`. Pure. Whoever has the text is that user. */
import { z } from 'zod';
import { parseJson } from '../json.ts';
import { IncompleteCredentialsError } from './errors.ts';
import { secretsOf, type User } from './users.ts';

const text = z.string().min(1);
const proxy = z.string().nullish();

const Serialized = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('SessionUser'),
    data: z.object({
      host: text,
      http_proxy: proxy,
      login: text,
      session_token: z.string().nullish(),
      session_metadata: z.string().nullish(),
    }),
  }),
  z.object({
    type: z.literal('ScriptUser'),
    data: z.object({ host: text, http_proxy: proxy, api_script: text, api_key: text }),
  }),
]);

export type SerializedUser = z.output<typeof Serialized>;

/** The text is a credential: not for logs, URLs or the arguments of a process. */
export function serializeUser(user: User): string {
  const secrets = secretsOf(user);
  const common = { http_proxy: user.httpProxy ?? null, host: user.host };
  if ('apiKey' in secrets) {
    const script = user.kind === 'script' ? user.apiScript : '';
    return JSON.stringify({ type: 'ScriptUser', data: { ...common, api_script: script, api_key: secrets.apiKey } });
  }
  const { sessionToken, sessionMetadata } = secrets;
  const data = { ...common, login: user.login, session_token: sessionToken };
  return JSON.stringify({
    type: 'SessionUser',
    data: sessionMetadata === undefined ? data : { ...data, session_metadata: sessionMetadata },
  });
}

/** @throws {@link IncompleteCredentialsError} that repeats nothing of the text. */
export function parseSerializedUser(serialized: string): SerializedUser {
  const parsed = Serialized.safeParse(parseJson(serialized));
  if (parsed.success) return parsed.data;
  throw new IncompleteCredentialsError('serialized_user_invalid', problemOf(serialized, parsed.error));
}

function problemOf(serialized: string, error: z.ZodError): string {
  if (!serialized.trimStart().startsWith('{')) {
    return 'This is no serialized user. The toolkit writes a readable one with serialize_user(user, use_json=True).';
  }
  if (parseJson(serialized) === undefined) return 'This serialized user is cut off, or not JSON.';
  const where = error.issues[0]?.path.join('.') ?? '';
  return `This serialized user lacks what makes one${where === '' ? '' : ` (${where})`}.`;
}

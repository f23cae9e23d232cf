/** The files that `action try` starts from: the facts of a studio in a box, and a recorded click. Both are checked, whoever wrote them. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AmiMalformedError } from '../ami/errors.ts';
import { parsePayload, type AmiPayload } from '../ami/payload.ts';
import { didYouMean } from '../spelling.ts';
import { identityFromClaims, type Identity } from '../login/identity.ts';

/** Something that the author mends here, before any site is asked. */
export class TryInputError extends Error {
  override readonly name = 'TryInputError';
}

const origin = z.url({ protocol: /^https?$/ });

const Facts = z.object({
  site: origin,
  idp: origin,
  scriptName: z.string().min(1),
  scriptKey: z.string().min(1),
  people: z
    .array(
      z.object({
        login: z.string().min(1),
        name: z.string(),
        email: z.string().optional(),
        groups: z.array(z.string()),
      }),
    )
    .min(1),
  adminGroups: z.array(z.string()),
  auditorGroups: z.array(z.string()),
});

export type TryFacts = z.output<typeof Facts>;

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
const MAX_FIELDS = 200;

/**
 * @throws {@link TryInputError} when there are none, or they are not of a studio on this machine: whoever has a script's key could act
 *   as anybody, so this command takes it for a stand-in alone.
 */
export async function readFacts(path: string): Promise<TryFacts> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw new TryInputError(
      `There is no studio in a box: ${path} cannot be read. Start one with "npm run demo" and leave it running.`,
    );
  }
  const parsed = Facts.safeParse(parseJson(text, path));
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new TryInputError(`${path} does not hold the facts of a studio in a box (${where}). Start the demo again.`);
  }
  if (!LOOPBACK.includes(new URL(parsed.data.site).hostname)) {
    throw new TryInputError(`${path} names a site that is not on this machine; actions are tried on a stand-in only.`);
  }
  return parsed.data;
}

/**
 * A recorded click: one JSON object of the form's fields, as texts. Its signature and its age are not looked at.
 *
 * @throws {@link TryInputError} that names the field.
 */
export async function readClick(path: string): Promise<AmiPayload> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw new TryInputError(
      `${path} cannot be read. Switch on "Record clicks" in the studio's page, click, and take that file.`,
    );
  }
  const content = parseJson(text, path);
  const isFields = content !== null && typeof content === 'object' && !Array.isArray(content);
  const fields = isFields ? Object.entries(content) : [];
  const stray = fields.find(([, value]) => typeof value !== 'string')?.[0];
  if (!isFields || fields.length > MAX_FIELDS || stray !== undefined) {
    const where = stray === undefined ? '' : ` ("${stray.slice(0, 50)}" is none)`;
    throw new TryInputError(
      `${path} must be one JSON object whose values are all texts, as the recorder saves it${where}.`,
    );
  }
  const form = new Map(fields as [string, string][]);
  if (form.has('event_log_entry_id') && !form.has('user_id')) {
    throw new TryInputError(
      `${path} is a light click, which names a row of the site's event log. Record a click that is not light.`,
    );
  }
  try {
    return parsePayload(form);
  } catch (error) {
    if (error instanceof AmiMalformedError) throw new TryInputError(`${path}: ${error.message}`);
    throw error;
  }
}

/** The person as the studio's provider would say who they are. @throws {@link TryInputError} for a login that it does not have. */
export function identityOf(facts: TryFacts, login: string): Identity {
  const person = facts.people.find((candidate) => candidate.login === login);
  if (person === undefined) {
    const logins = facts.people.map((known) => known.login);
    throw new TryInputError(`Nobody in this studio is "${login}"${didYouMean(login, logins)}: ${logins.join(', ')}.`);
  }
  const claims = {
    iss: facts.idp,
    sub: `try-${login}`,
    login,
    name: person.name,
    groups: person.groups,
    ...(person.email === undefined ? {} : { email: person.email }),
  };
  return identityFromClaims(claims, {
    loginClaim: 'login',
    stripDomain: false,
    groupsClaim: 'groups',
    adminGroups: facts.adminGroups,
    auditorGroups: facts.auditorGroups,
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TryInputError(`${path} is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

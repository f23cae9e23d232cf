/**
 * What `authentication.yml` holds, read and changed as the toolkit would: keys that are not known stay, logins are compared
 * trimmed and without regard to case, and the eight newest are remembered. Pure. YAML 1.1, since that is what the toolkit reads.
 */
import { parseDocument, stringify, type ScalarTag, type Tags } from 'yaml';
import { isRecord, own } from '../json.ts';
import { isSameLogin } from './host.ts';

/** A person of one site. */
export type RememberedUser = {
  readonly login: string;
  readonly sessionToken: string;
  /** Of sites with single sign-on: the toolkit's own, opaque here. */
  readonly sessionMetadata?: string | undefined;
};

/** The whole of a file, with what else is in it. */
export type Remembered = Readonly<Record<string, unknown>>;

const RECENT = 8;

/**
 * The content of a file, or a sentence that says why it is not one of the toolkit's. An empty file remembers nothing.
 *
 * @param kind - `global` names hosts, `site` names people.
 */
export function parseRemembered(text: string, kind: 'global' | 'site'): Remembered | string {
  const document = parseDocument(text, { version: '1.1', customTags: asToolkitReads, prettyErrors: false });
  if (document.errors.length > 0) return 'it is not YAML';
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 0 });
  } catch {
    return 'it has YAML aliases, which this file never needs';
  }
  if (content === null || content === undefined) return {};
  if (!isRecord(content)) return 'it holds no names and values';
  return problemOf(content, kind) ?? content;
}

/**
 * PyYAML takes a number with an exponent for one only with a point before and a sign in it, and so leaves a session token such as `1e5`
 * without quotes.
 */
function asToolkitReads(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag === 'string' || !('test' in tag) || !('format' in tag) || tag.format !== 'EXP') return tag;
    return { ...(tag as ScalarTag), test: /^[-+]?(?:\d[\d_]*)?\.[\d_]*[eE][-+]\d+$/ };
  });
}

function problemOf(content: Remembered, kind: 'global' | 'site'): string | undefined {
  const [current, recent] = kind === 'global' ? ['current_host', 'recent_hosts'] : ['current_user', 'recent_users'];
  if (!isTextOrNothing(own(content, current))) return `${current} is no text`;
  const list = own(content, recent) ?? [];
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) return `${recent} is no list of texts`;
  if (kind === 'global') return undefined;
  const users = own(content, 'users') ?? [];
  if (!Array.isArray(users)) return 'users is no list';
  const isUser = (one: unknown): boolean =>
    isRecord(one) && ['login', 'session_token'].every((key) => typeof own(one, key) === 'string');
  if (!users.every(isUser)) return 'users has an entry without login and session_token';
  return undefined;
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

/** One item a line and keys in order, as the toolkit writes it; every text is quoted, so that none is taken for something else. */
export function formatRemembered(content: Remembered): string {
  return stringify(content, {
    version: '1.1',
    sortMapEntries: true,
    indentSeq: false,
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
  });
}

export function currentOf(content: Remembered, kind: 'global' | 'site'): string | undefined {
  const value = own(content, kind === 'global' ? 'current_host' : 'current_user');
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

/** Makes a host or a login the current one, and the newest of those remembered. */
export function withCurrent(content: Remembered, kind: 'global' | 'site', value: string): Remembered {
  const [current, recent] = kind === 'global' ? ['current_host', 'recent_hosts'] : ['current_user', 'recent_users'];
  const others = listOf(content, recent).filter((one) => one !== value);
  return { ...usual(content, kind), [current]: value, [recent]: [value, ...others].slice(0, RECENT) };
}

export function findUser(content: Remembered, login: string): RememberedUser | undefined {
  const found = usersOf(content).find((user) => isSameLogin(String(user['login']), login));
  if (found === undefined) return undefined;
  const metadata = found['session_metadata'];
  return {
    login: String(found['login']).trim(),
    sessionToken: String(found['session_token']),
    ...(typeof metadata === 'string' && metadata !== '' ? { sessionMetadata: metadata } : {}),
  };
}

/** Adds this person, or gives the entry of theirs the new session. */
export function withUser(content: Remembered, user: RememberedUser): Remembered {
  const entry = {
    login: user.login.trim(),
    session_token: user.sessionToken,
    // Left out where there is none: older toolkits do not know it.
    ...(user.sessionMetadata === undefined ? {} : { session_metadata: user.sessionMetadata }),
  };
  const users = usersOf(content);
  const at = users.findIndex((one) => isSameLogin(String(one['login']), user.login));
  const changed = at < 0 ? [...users, entry] : users.with(at, renewed(users[at] ?? {}, entry));
  return { ...usual(content, 'site'), users: changed };
}

/** Metadata belongs to the session that it came with. */
function renewed(before: Remembered, entry: Remembered): Remembered {
  const kept = Object.fromEntries(Object.entries(before).filter(([key]) => key !== 'session_metadata'));
  return { ...kept, ...entry, login: before['login'] };
}

/** Takes this person's session out; who was here last stays known, as a suggestion for the next sign-in. */
export function withoutUser(content: Remembered, login: string): Remembered {
  const users = usersOf(content).filter((user) => !isSameLogin(String(user['login']), login));
  return { ...usual(content, 'site'), users };
}

/** With the keys that the toolkit always writes. */
function usual(content: Remembered, kind: 'global' | 'site'): Remembered {
  return kind === 'global'
    ? { current_host: null, recent_hosts: [], ...content }
    : { current_user: null, recent_users: [], users: [], ...content };
}

function usersOf(content: Remembered): readonly Remembered[] {
  return listOf(content, 'users').filter(isRecord);
}

function listOf(content: Remembered, key: string): readonly unknown[] {
  const list = own(content, key);
  return Array.isArray(list) ? (list as unknown[]) : [];
}

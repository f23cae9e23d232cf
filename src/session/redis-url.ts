/**
 * The forms of `REDIS_URL`, as what to connect to. Pure.
 * `redis[s]://[user:password@]host[:port][/db]`, `redis[s]+sentinel://[user:password@]host[:port],…/<master name>[/db]`,
 * `redis[s]+cluster://[user:password@]host[:port],…`; `rediss` means TLS, and IPv6 hosts stand in brackets.
 */

export type RedisNode = { readonly host: string; readonly port: number };

export type RedisTarget = {
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
} & (
  | { readonly kind: 'single'; readonly node: RedisNode; readonly db: number }
  | { readonly kind: 'sentinel'; readonly nodes: readonly RedisNode[]; readonly master: string; readonly db: number }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[] }
);

// URL cannot read these: a list of hosts is no host.
const FORM = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^@/]+)(?:\/([^/?#]*))?(?:\/(\d{1,4}))?$/;
const NODE = /^(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;

/**
 * What `url` says to connect to.
 *
 * @throws TypeError saying which form is expected; the URL itself, which may hold a password, is not repeated.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const [, s, kind = 'single', credentials, hosts = '', first = '', second] = FORM.exec(url) ?? refuse('its form');
  const common = { tls: s === 's', ...parseCredentials(credentials) };
  const nodes = hosts.split(',').map((host) => parseNode(host, kind === 'sentinel' ? 26379 : 6379));
  if (kind === 'sentinel') {
    if (first === '') refuse('the name of the master after the hosts');
    return { ...common, kind, nodes, master: decode(first), db: Number(second ?? 0) };
  }
  if (second !== undefined) refuse('what follows the hosts');
  if (kind === 'cluster') {
    // A cluster has one database.
    if (first !== '' && first !== '0') refuse('what follows the hosts');
    return { ...common, kind, nodes };
  }
  const [node, ...more] = nodes;
  if (node === undefined || more.length > 0 || !/^\d{0,4}$/.test(first))
    return refuse('one host and a database number');
  return { ...common, kind: 'single', node, db: Number(first) };
}

function parseNode(text: string, defaultPort: number): RedisNode {
  const [, host = '', port] = NODE.exec(text) ?? refuse('a host');
  const number = port === undefined ? defaultPort : Number(port);
  if (number < 1 || number > 65_535) refuse('a port');
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: number };
}

function parseCredentials(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  const username = decode(colon === -1 ? text : text.slice(0, colon));
  const password = colon === -1 ? '' : decode(text.slice(colon + 1));
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('a percent escape');
  }
}

function refuse(what: string): never {
  throw new TypeError(
    `The Redis URL is not understood (${what}); write redis://host:6379, rediss://user:password@host:6379/0, ` +
      'redis+sentinel://host:26379,host:26379/master or redis+cluster://host:6379,host:6379.',
  );
}

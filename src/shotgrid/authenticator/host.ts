/** Hosts and proxies as the toolkit writes them, and as addresses. Pure. */
import { IncompleteCredentialsError } from './errors.ts';

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The origin of a site: `studio.shotgrid.autodesk.com/page/1` becomes `https://studio.shotgrid.autodesk.com`.
 *
 * @throws {@link IncompleteCredentialsError} for what is no address, and for http to another machine: whoever is on the way
 *   would have the person's session.
 */
export function parseHost(text: string): string {
  const trimmed = text.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (trimmed === '' || url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new IncompleteCredentialsError('host_invalid', 'The host must be the address of a ShotGrid site.');
  }
  if (url.protocol === 'http:' && !LOOPBACK.includes(url.hostname)) {
    throw new IncompleteCredentialsError('host_invalid', 'The address of the ShotGrid site must begin with https://.');
  }
  return url.origin;
}

/** Whether two spellings of a login are one person's: the toolkit trims them and does not look at case. */
export function isSameLogin(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

function folded(login: string): string {
  return login.normalize('NFC').trim().toLowerCase();
}

/**
 * The toolkit's form of an HTTP proxy, `user:password@host:port` with nothing escaped, as an address.
 *
 * @throws {@link IncompleteCredentialsError} that does not repeat it, for it may hold a password.
 */
export function proxyUrl(httpProxy: string): string {
  const text = httpProxy.trim().replace(/\/+$/, '');
  const scheme = /^(https?:\/\/)/i.exec(text)?.[1];
  const at = text.lastIndexOf('@');
  const place = at < 0 ? text.slice(scheme?.length ?? 0) : text.slice(at + 1);
  const [user, ...password] = at < 0 ? [] : text.slice(scheme?.length ?? 0, at).split(':');
  const login = user === undefined ? '' : `${escaped(user, scheme)}:${escaped(password.join(':'), scheme)}@`;
  const url = URL.parse(`${scheme ?? 'http://'}${login}${place}`);
  if (url === null || url.hostname === '') {
    throw new IncompleteCredentialsError(
      'proxy_invalid',
      'The HTTP proxy must be host:port or user:password@host:port.',
    );
  }
  return url.href.replace(/\/$/, '');
}

/** The proxy without its password, for people to read. */
export function proxyPlace(httpProxy: string): string {
  return new URL(proxyUrl(httpProxy)).host;
}

/** In an address it is escaped already; in the toolkit's form it is not. */
function escaped(text: string, scheme: string | undefined): string {
  return scheme === undefined ? encodeURIComponent(text) : text;
}

/** An HTTP proxy as the toolkit writes it, whichever way it was given; undefined when there is none. */
export function toolkitProxy(given: string | undefined): string | undefined {
  const text = given?.trim();
  if (text === undefined || text === '') return undefined;
  const url = new URL(proxyUrl(text));
  // Its only scheme is http, which goes without saying.
  if (url.protocol !== 'http:') return url.href.replace(/\/$/, '');
  const login = url.username === '' ? '' : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}@`;
  return `${login}${url.host}`;
}

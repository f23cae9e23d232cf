/** The part of a browser's cookie jar that flow tests need: host and path matching, expiry; ports do not matter, as in a browser. */

export type CookieJar = {
  /** Value of the `cookie` header for a request to `url`; empty when none fits. */
  readonly header: (url: URL) => string;
  /** Takes the `set-cookie` headers of the answer to a request to `url`. */
  readonly take: (url: URL, setCookies: readonly string[]) => void;
  readonly clear: () => void;
};

type Cookie = { readonly name: string; readonly value: string; readonly host: string; readonly path: string };

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>();
  return {
    header: (url) =>
      [...cookies.values()]
        .filter((cookie) => cookie.host === url.hostname && pathFits(url.pathname, cookie.path))
        .map((cookie) => `${cookie.name}=${cookie.value}`)
        .join('; '),
    take(url, setCookies) {
      for (const text of setCookies) {
        const { cookie, expired } = parse(url, text);
        const key = `${cookie.host}|${cookie.path}|${cookie.name}`;
        if (expired) cookies.delete(key);
        else cookies.set(key, cookie);
      }
    },
    clear: () => cookies.clear(),
  };
}

function parse(url: URL, text: string): { readonly cookie: Cookie; readonly expired: boolean } {
  const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
  const split = pair.indexOf('=');
  const attribute = new Map(
    attributes.map((one) => {
      const [name = '', ...value] = one.split('=');
      return [name.toLowerCase(), value.join('=')] as const;
    }),
  );
  const expires = attribute.get('expires');
  const expired =
    Number(attribute.get('max-age') ?? 1) <= 0 || (expires !== undefined && Date.parse(expires) <= Date.now());
  const path = attribute.get('path') ?? url.pathname.replace(/\/[^/]*$/, '');
  return {
    cookie: {
      name: pair.slice(0, split),
      value: pair.slice(split + 1),
      host: url.hostname,
      path: path === '' ? '/' : path,
    },
    expired,
  };
}

function pathFits(path: string, cookiePath: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}

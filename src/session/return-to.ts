/** Where a login may lead back to: our own pages, by path. Pure. */

const OWN_PAGES = /^\/(?:launches\/|runs\/|pop-out\/|audit(?=[/?]|$)|admin(?=[/?]|$)|account(?=[/?]|$))/;

/** Path and query in plain characters; no backslash, no `//`, nothing that a browser or a proxy would read in another way. */
const PLAIN = /^(?:\/[\w.~!$&'()*+,;=:@%-]+)+\/?(?:\?[\w.~!$&'()*+,;=:@%/?-]*)?$/;

/** `given` when it is a path to one of our own pages, otherwise undefined. */
export function parseReturnTo(given: unknown): string | undefined {
  if (typeof given !== 'string' || given.length > 2000 || !PLAIN.test(given) || !OWN_PAGES.test(given))
    return undefined;
  const path = given.split('?', 1)[0] ?? '';
  // Escapes never occur in our own paths; undone by whatever comes next they could hold a slash or dots.
  if (path.includes('%') || path.split('/').some((segment) => segment === '.' || segment === '..')) return undefined;
  return given;
}

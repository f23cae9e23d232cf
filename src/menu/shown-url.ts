/** Somebody's URL as it may be shown: without the user name, password, query and fragment that may hold a secret. Pure. */

const MAX_LENGTH = 300;

export function shownUrl(text: string): string {
  const url = URL.parse(text.trim());
  if (url === null) return text.trim() === '' ? '' : '(no address that could be called)';
  const more = url.search === '' && url.hash === '' ? '' : '?…';
  const host = url.host === '' ? '' : `//${url.host}`;
  return cap(`${url.protocol}${host}${url.pathname}${more}`);
}

function cap(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

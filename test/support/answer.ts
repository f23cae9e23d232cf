/** An answer of the server as a person's browser sees it: page, forms in it, and what a refusal shows. */
import type { IncomingHttpHeaders } from 'node:http';

export type Answer = {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly setCookies: readonly string[];
  /** Where a redirect leads. */
  readonly location: URL | undefined;
  /** The body as JSON. @throws SyntaxError when it is none. */
  readonly json: unknown;
  /** Code and reference that a refusal shows, on the page or in its JSON twin. */
  readonly code: string | undefined;
  readonly reference: string | undefined;
  /** How many rows a preview or a run shows as what: `changes`, `already_so`, `done` … */
  readonly tally: Readonly<Record<string, number>>;
  /** Whether the page is shown to somebody who is signed in. */
  readonly isSignedIn: boolean;
  /** The form whose action ends so, with its hidden fields. @throws when the page has no such form. */
  form(actionEnding: string): { readonly action: string; readonly fields: readonly (readonly [string, string])[] };
};

export function createAnswer(url: URL, status: number, headers: IncomingHttpHeaders, text: string): Answer {
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  const json = (): unknown => JSON.parse(text);
  const shown = (name: 'code' | 'reference'): string | undefined => {
    if (!isJson) return new RegExp(`<code data-${name}>([^<]+)</code>`).exec(text)?.[1];
    const body = json();
    return typeof body === 'object' && body !== null && name in body
      ? String((body as Record<string, unknown>)[name])
      : undefined;
  };
  const cookies = headers['set-cookie'] ?? [];
  return {
    url,
    status,
    headers,
    text,
    setCookies: typeof cookies === 'string' ? [cookies] : cookies,
    location: headers.location === undefined ? undefined : new URL(headers.location, url),
    get json() {
      return json();
    },
    code: shown('code'),
    reference: shown('reference'),
    tally: Object.fromEntries(
      [...text.matchAll(/data-tally="(\w+)"[^>]*><b>([\d,]+)<\/b>/g)].map(([, what = '', count = '']) => [
        what,
        Number(count.replaceAll(',', '')),
      ]),
    ),
    isSignedIn: text.includes('action="/logout"'),
    form(actionEnding) {
      for (const [form, action = ''] of text.matchAll(/<form method="post" action="([^"]*)"[^>]*>.*?<\/form>/gs)) {
        if (!action.endsWith(actionEnding)) continue;
        const inputs = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
        return { action, fields: [...inputs].map(([, name = '', value = '']) => [name, value] as const) };
      }
      throw new Error(`${status} ${url.pathname} has no form to …${actionEnding}: ${text.slice(0, 2000)}`);
    },
  };
}

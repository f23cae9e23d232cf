/** Text that is HTML already, made only by `html` (which escapes what is put into it) and `raw`. */
export type Html = { readonly html: string };

function raw(html: string): Html {
  return { html };
}

/** A template whose values are escaped, unless they are HTML already; lists are joined, `null` and `false` are nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return raw(parts.reduce((text, part, at) => text + rendered(values[at - 1] ?? null) + part));
}

export type HtmlValue = string | number | null | false | Html | readonly Html[];

function rendered(value: HtmlValue): string {
  if (value === null || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value));
  if ('html' in value) return value.html;
  return value.map((one) => one.html).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

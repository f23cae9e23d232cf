/** JSON from outside, bounded in depth and number of values before anything looks at it. Pure. */

export type JsonBounds = { readonly maxDepth: number; readonly maxValues: number };

/** @throws SyntaxError when it is no JSON, or goes beyond the bounds. */
export function parseBoundedJson(text: string, bounds: JsonBounds): unknown {
  const parsed: unknown = JSON.parse(text);
  let values = 0;
  visit(parsed, 1);
  return parsed;

  function visit(value: unknown, depth: number): void {
    values += 1;
    if (values > bounds.maxValues) throw new SyntaxError('too many values');
    if (value === null || typeof value !== 'object') return;
    if (depth > bounds.maxDepth) throw new SyntaxError('too deeply nested');
    for (const item of Object.values(value)) visit(item, depth + 1);
  }
}

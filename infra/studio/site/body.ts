/** Bodies as each route insists on them: plain JSON for writes, the vendor types for searches. */
import type { Request } from 'express';
import { malformed, unsupportedContentType } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';

const ARRAY = 'application/vnd+shotgun.api3_array+json';
const HASH = 'application/vnd+shotgun.api3_hash+json';

/** The JSON object of a create, update, batch or follow. @throws {@link SiteError} 415 or 400/103 */
export function jsonBody(request: Request): JsonObject {
  const type = contentType(request);
  if (type !== 'application/json') throw unsupportedContentType(type, ['application/json']);
  return parse(request);
}

export type SearchBody = { readonly form: 'array' | 'hash'; readonly body: JsonObject };

/** The JSON object of a search, and which kind of filters it speaks. @throws {@link SiteError} 415 or 400/103 */
export function searchBody(request: Request): SearchBody {
  const type = contentType(request);
  if (type !== ARRAY && type !== HASH) throw unsupportedContentType(type, [ARRAY, HASH]);
  return { form: type === ARRAY ? 'array' : 'hash', body: parse(request) };
}

function contentType(request: Request): string {
  return (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function parse(request: Request): JsonObject {
  const text: unknown = request.body;
  if (typeof text !== 'string' || text.trim() === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
  } catch {
    // said below
  }
  throw malformed('Invalid JSON body');
}

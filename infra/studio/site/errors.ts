/**
 * The error envelope of ShotGrid's REST API: `{"errors":[{id,status,code,title,source,detail,meta}]}`.
 * Codes: 100 server, 102 authentication and sudo, 103 malformed request, 104 record or permission, 106 two-factor, 110 Identity.
 */
import type { Response } from 'express';
import type { JsonObject } from './json.ts';

type Extra = { readonly source?: JsonObject | null; readonly detail?: string | null };

/** A refusal as the site words it. */
export class SiteError extends Error {
  override readonly name = 'SiteError';
  readonly status: number;
  readonly code: number;
  readonly title: string;
  readonly source: JsonObject | null;
  readonly detail: string | null;

  constructor(status: number, code: number, title: string, extra: Extra = {}) {
    super(extra.detail ?? title);
    this.status = status;
    this.code = code;
    this.title = title;
    this.source = extra.source ?? null;
    this.detail = extra.detail ?? null;
  }
}

/** 400 with code 103: the request itself makes no sense. */
export function malformed(title: string, source: JsonObject = {}): SiteError {
  return new SiteError(400, 103, title, { source });
}

/** 400 with code 104: the record or the person's permissions say no. Never a 403. */
export function refused(title: string, source: JsonObject = {}): SiteError {
  return new SiteError(400, 104, title, { source });
}

/** 404s carry their text in `detail`; their title is always `Not Found`. */
export function notFound(code: 103 | 104, detail: string | null): SiteError {
  return new SiteError(404, code, 'Not Found', { detail });
}

export function unsupportedContentType(given: string, accepted: readonly string[]): SiteError {
  return new SiteError(415, 103, `Unsupported Content-Type '${given}'`, {
    source: { content_type: `must be one of: ${accepted.join(', ')}` },
  });
}

export function unauthorized(): SiteError {
  return new SiteError(401, 102, 'Unauthorized', { source: {} });
}

/** Sends the envelope with this request's 32-digit id. */
export function sendError(response: Response, error: SiteError, requestId: string): void {
  const { status, code, title, source, detail } = error;
  response
    .status(status)
    .set({ 'cache-control': 'no-cache, max-age=0', status: String(status) })
    .json({ errors: [{ id: requestId, status, code, title, source, detail, meta: null }] });
}

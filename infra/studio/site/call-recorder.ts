/** Writes every call of a program into the log, without what is secret in it. */
import type { RequestHandler } from 'express';
import type { Call, CallLog } from './call-log.ts';
import { bearerToken } from './caller.ts';
import { isObject } from './json.ts';
import { peekClaims } from './tokens.ts';

/** Logs every API call; comes after the body is read. */
export function createCallRecorder(log: CallLog, now: () => Date): RequestHandler {
  return function recordCall(request, response, next) {
    const form = request.path.endsWith('/auth/access_token') ? tokenForm(request.url, request.body) : undefined;
    const token = bearerToken(request);
    const call: Call = {
      method: request.method,
      path: `${request.baseUrl}${request.path}`,
      status: null,
      claims: token === undefined ? null : (peekClaims(token) ?? null),
      contentType: request.get('content-type') ?? null,
      grantType: form?.get('grant_type') ?? null,
      scope: form?.get('scope') ?? null,
      sessionUuid: form?.get('session_uuid') ?? null,
      requests: countRequests(request.path, request.body),
      at: now().toISOString(),
    };
    log.record(call);
    response.on('finish', () => (call.status = response.statusCode));
    next();
  };
}

/** Form fields of the token endpoint: body first, query string as well. */
export function tokenForm(url: string, body: unknown): URLSearchParams {
  const form = new URLSearchParams(typeof body === 'string' ? body : '');
  for (const [name, value] of new URL(url, 'http://site').searchParams) if (!form.has(name)) form.append(name, value);
  return form;
}

function countRequests(path: string, body: unknown): number {
  if (!/\/entity\/_batch\/?$/.test(path) || typeof body !== 'string') return 0;
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) && Array.isArray(parsed['requests']) ? parsed['requests'].length : 0;
  } catch {
    return 0;
  }
}

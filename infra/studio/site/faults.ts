/**
 * Faults on order: the next `count` calls that match `method` and `path` go wrong in one stated way.
 * `hang` and `drop` with `after: true` let the work commit first, and then the answer never comes.
 */
import type { Request, RequestHandler, Response } from 'express';
import { randomBytes } from 'node:crypto';
import { refused, sendError, SiteError, unauthorized } from './errors.ts';
import { isObject } from './json.ts';
import { sleep } from './timing.ts';

export type FaultKind =
  | 'refused'
  | 'unauthorized'
  | 'rate_limited'
  | 'server_error'
  | 'bad_gateway'
  | 'unavailable'
  | 'blocked'
  | 'empty'
  | 'drop'
  | 'hang'
  | 'slow';

export type Fault = {
  readonly kind: FaultKind;
  /** HTTP method; any when absent. */
  readonly method?: string;
  /** Regular expression over the path; any when absent. */
  readonly path?: string;
  /** How many matching calls go wrong; default 1. */
  readonly count?: number;
  /** How many matching calls pass first; default 0. */
  readonly skip?: number;
  /** `Retry-After` of `rate_limited` and `unavailable`; no header when absent. */
  readonly retryAfterSeconds?: number;
  /** For `slow`: before the work. For `hang`: until the connection is dropped (default: never). */
  readonly delayMs?: number;
  /** For `drop`, `hang`, `bad_gateway`, `unavailable`, `empty`: the work is done and committed first. */
  readonly after?: boolean;
};

export type FaultList = {
  inject: (fault: Fault) => void;
  clear: () => void;
  /** Takes the first fault that this call meets. */
  take: (method: string, path: string) => Fault | undefined;
  pending: () => readonly Fault[];
};

const KINDS: readonly string[] = [
  'refused',
  'unauthorized',
  'rate_limited',
  'server_error',
  'bad_gateway',
  'unavailable',
  'blocked',
  'empty',
  'drop',
  'hang',
  'slow',
] satisfies FaultKind[];

export function isFault(value: unknown): value is Fault {
  if (!isObject(value) || typeof value['kind'] !== 'string' || !KINDS.includes(value['kind'])) return false;
  const texts = ['method', 'path'].every((key) => value[key] === undefined || typeof value[key] === 'string');
  const counts = ['count', 'skip', 'retryAfterSeconds', 'delayMs'].every(
    (key) => value[key] === undefined || typeof value[key] === 'number',
  );
  return texts && counts && (value['after'] === undefined || typeof value['after'] === 'boolean');
}

export function createFaultList(): FaultList {
  let armed: { readonly fault: Fault; readonly path: RegExp; skip: number; left: number }[] = [];
  return {
    inject(fault) {
      armed.push({ fault, path: new RegExp(fault.path ?? ''), skip: fault.skip ?? 0, left: fault.count ?? 1 });
    },
    clear: () => (armed = []),
    take(method, path) {
      const match = armed.find(
        (one) => (one.fault.method === undefined || one.fault.method.toUpperCase() === method) && one.path.test(path),
      );
      if (!match) return undefined;
      if (match.skip > 0) {
        match.skip -= 1;
        return undefined;
      }
      match.left -= 1;
      armed = armed.filter((one) => one.left > 0);
      return match.fault;
    },
    pending: () => armed.map(({ fault, left, skip }) => ({ ...fault, count: left, skip })),
  };
}

/** Makes calls go wrong as ordered. */
export function createFaultInjector(faults: FaultList): RequestHandler {
  return async function injectFault(request, response, next) {
    const fault = faults.take(request.method, `${request.baseUrl}${request.path}`);
    if (!fault) {
      next();
      return;
    }
    if (fault.kind === 'slow') {
      await sleep(fault.delayMs ?? 1000);
      next();
      return;
    }
    if (!fault.after) {
      strike(fault, request, response);
      return;
    }
    // The handler works as ever, but what it sends is thrown away and the fault is sent instead.
    const restore = { send: response.send.bind(response), end: response.end.bind(response) };
    let struck = false;
    const instead = () => {
      if (struck) return response;
      struck = true;
      response.send = restore.send;
      response.end = restore.end;
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      strike(fault, request, response);
      return response;
    };
    response.send = instead;
    response.end = instead as Response['end'];
    next();
  };
}

const HTML_502 =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n';
const HTML_503 =
  '<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>The site is down for maintenance or too busy.</h1></body></html>';
const HTML_403 =
  '<!DOCTYPE html><html><head><title>Access denied</title></head><body><h1>API access from your address is blocked.</h1></body></html>';

function strike(fault: Fault, request: Request, response: Response): void {
  const id = randomBytes(16).toString('hex');
  switch (fault.kind) {
    case 'refused':
      // Sites quote what they refuse.
      sendError(response, refused(`This is refused: ${String(request.body)}`), id);
      return;
    case 'unauthorized':
      sendError(response, unauthorized(), id);
      return;
    case 'server_error':
      sendError(
        response,
        new SiteError(500, 100, 'Shotgun Server Error', { detail: `Contact support with the request id ${id}.` }),
        id,
      );
      return;
    case 'rate_limited':
      retryAfter(fault, response).status(429).type('text/plain').send('Too Many Requests');
      return;
    case 'bad_gateway':
      response.status(502).type('html').send(HTML_502);
      return;
    case 'unavailable':
      retryAfter(fault, response).status(503).type('html').send(HTML_503);
      return;
    case 'blocked':
      response.status(403).type('html').send(HTML_403);
      return;
    case 'empty':
      response.status(200).end();
      return;
    case 'drop':
      request.socket.destroy();
      return;
    case 'hang': {
      if (fault.delayMs === undefined) return;
      const timer = setTimeout(() => request.socket.destroy(), fault.delayMs);
      request.socket.once('close', () => clearTimeout(timer));
      return;
    }
    case 'slow':
      return;
  }
}

function retryAfter(fault: Fault, response: Response): Response {
  if (fault.retryAfterSeconds !== undefined) response.set('retry-after', String(fault.retryAfterSeconds));
  return response;
}

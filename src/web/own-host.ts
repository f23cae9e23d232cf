/** Requests are for us only under our public address: another name in front of the same server is a mistake or an attack. */
import type { Request, RequestHandler } from 'express';
import { HostUnknownError } from './errors.ts';

/**
 * `Host`, and what a trusted proxy says of it in `X-Forwarded-Host` and `X-Forwarded-Proto`, must fit the public address. From a proxy
 * that is not trusted these say nothing and are not looked at: nothing here reads them.
 */
export function requireOwnHost(publicUrl: string): RequestHandler {
  const own = new URL(publicUrl);
  const isHttps = own.protocol === 'https:';
  const defaultPort = isHttps ? ':443' : ':80';

  return function checkHost(request, _response, next) {
    // Express takes the forwarded name where the proxy is trusted.
    const host = (request.host as string | undefined)?.toLowerCase() ?? '';
    const named = host.endsWith(defaultPort) ? host.slice(0, -defaultPort.length) : host;
    if (named !== own.host) throw new HostUnknownError(publicUrl);
    if (isHttps && saysPlainHttp(request)) throw new HostUnknownError(publicUrl);
    next();
  };
}

/** A proxy whose word counts took this over a line that anybody could read. */
function saysPlainHttp(request: Request): boolean {
  const isTrusted = (request.app.get('trust proxy fn') as (address: string, hop: number) => boolean)(
    request.socket.remoteAddress ?? '',
    0,
  );
  const said = request.get('x-forwarded-proto')?.split(',', 1)[0]?.trim().toLowerCase();
  return isTrusted && said !== undefined && said !== 'https';
}

/** How the server does, for Prometheus: on this machine itself, or with the token. It names nobody and no row. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Router, type Request } from 'express';
import type { Metrics } from '../../metrics/metrics.ts';
import { MetricsRefusedError } from '../errors.ts';

export type MetricsDeps = {
  readonly metrics: Pick<Metrics, 'expose'>;
  /** Newest first; any of them opens. */
  readonly metricsTokens: readonly string[];
};

/** What a proxy adds. A proxy on this machine has our own address, and asks for somebody who may be anywhere. */
const FORWARDED = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
] as const;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
const LOOPBACK_ADDRESS = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/i;

export function metricsRoutes(deps: MetricsDeps): Router {
  const router = Router();
  router.get('/metrics', async (request, response) => {
    if (!isLocal(request) && !hasToken(request, deps.metricsTokens)) {
      response.set('WWW-Authenticate', 'Bearer realm="metrics"');
      throw new MetricsRefusedError();
    }
    const { type, text } = await deps.metrics.expose();
    response.set('Content-Type', type).send(text);
  });
  return router;
}

/** By the address of the connection: what a header says of an address, anybody can write. */
function isLocal(request: Request): boolean {
  return (
    LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(request.get('host') ?? '') &&
    FORWARDED.every((name) => request.get(name) === undefined)
  );
}

/** All are compared, in the same time whatever they share. */
function hasToken(request: Request, tokens: readonly string[]): boolean {
  const given = /^Bearer ([\x21-\x7e]{1,1000})$/i.exec(request.get('authorization') ?? '')?.[1];
  if (given === undefined) return false;
  const digest = digestOf(given);
  return tokens.map((token) => timingSafeEqual(digestOf(token), digest)).includes(true);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

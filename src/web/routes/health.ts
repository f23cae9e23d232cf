/** Is the process alive; can it do its work. Both answer JSON, for machines. */
import { Router } from 'express';
import { ServiceError } from '../../errors.ts';
import { contextOf } from '../request-context.ts';

export type Check = { readonly name: string; readonly check: () => Promise<void> };

/** A part that does not answer in this time is not ready. */
const PATIENCE_MS = 3000;

/**
 * `/healthz` says that the process answers. `/readyz` asks each part and names every one; 503 when one is not ready or the
 * server is draining.
 */
export function healthRoutes(deps: { readonly checks: readonly Check[]; readonly isDraining: () => boolean }): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (request, response) => {
    const results = await Promise.all(
      deps.checks.map(async ({ name, check }) => {
        try {
          await withPatience(check());
          return [name, { ok: true }] as const;
        } catch (error) {
          contextOf(request).log.warn(
            { part: name, reason: error instanceof Error ? error.message : 'unknown' },
            'not ready',
          );
          return [name, { ok: false, code: error instanceof ServiceError ? error.code : 'unexpected' }] as const;
        }
      }),
    );
    const ready = !deps.isDraining() && results.every(([, { ok }]) => ok);
    response.status(ready ? 200 : 503).json({
      status: deps.isDraining() ? 'draining' : ready ? 'ready' : 'not ready',
      parts: Object.fromEntries<object>(results),
    });
  });
  return router;
}

function withPatience(work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('no answer in time')), PATIENCE_MS);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

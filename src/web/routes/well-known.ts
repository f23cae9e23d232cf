/** What other services fetch from here: the keys of our assertions, and the schema of a plan. Public, and of no person. */
import { Router } from 'express';
import { planJsonSchema } from '../../actions/remote/answer.ts';
import type { Assertions } from '../../assertion/assertions.ts';

export type WellKnownDeps = {
  readonly assertions: Pick<Assertions, 'jwks'>;
  readonly publicUrl: string;
};

/** Keys are published an hour before they sign: five minutes in somebody's cache do no harm. */
const CACHE_CONTROL = 'public, max-age=300';
const SCHEMA_PATH = '/actions/plan.schema.json';

export function wellKnownRoutes(deps: WellKnownDeps): Router {
  const router = Router();
  const schema = JSON.stringify(planJsonSchema(`${deps.publicUrl}${SCHEMA_PATH}`), null, 2);

  router.get('/.well-known/jwks.json', async (_request, response) => {
    const keys = await deps.assertions.jwks();
    response.set('Cache-Control', CACHE_CONTROL).json(keys);
  });
  router.get(SCHEMA_PATH, (_request, response) => {
    response.set('Cache-Control', CACHE_CONTROL).type('application/schema+json').send(`${schema}\n`);
  });
  return router;
}

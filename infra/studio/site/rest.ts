/** `/api/v1` and `/api/v1.1`: one API under two prefixes, and 404s for every other version. */
import { Router } from 'express';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { randomBytes } from 'node:crypto';
import { batchEndpoint } from './batch.ts';
import { createCallRecorder } from './call-recorder.ts';
import { entityRoutes } from './entity-routes.ts';
import { notFound, sendError, SiteError } from './errors.ts';
import { createFaultInjector } from './faults.ts';
import { schemaRoutes } from './schema-routes.ts';
import { searchRoutes } from './search-routes.ts';
import { siteRoutes } from './site-routes.ts';
import { socialRoutes } from './social-routes.ts';
import type { SiteState } from './state.ts';
import { CALL_MS, sleep } from './timing.ts';
import { summarizeEndpoint } from './summarize.ts';
import { textSearchEndpoint } from './text-search.ts';
import { tokenEndpoint } from './token-endpoint.ts';

export function restApi(state: SiteState): Router {
  const router = Router();
  router.use(corsHeaders, acceptsJson, responseHeaders);
  router.use(...slowAndFaulty(state));
  router.get('/', rootInfo(state));
  router.post('/auth/access_token', tokenEndpoint(state));
  router.post('/entity/_batch', batchEndpoint(state));
  router.post('/entity/_text_search', textSearchEndpoint(state));
  router.post('/entity/:type/_summarize', summarizeEndpoint(state));
  router.use(searchRoutes(state), socialRoutes(state), schemaRoutes(state), siteRoutes(state));
  router.use(entityRoutes(state));
  return router;
}

/** In front of every door for programs: the log of calls, the faults on order, and the wait. */
export function slowAndFaulty(state: SiteState): RequestHandler[] {
  return [
    createCallRecorder(state.calls, state.now),
    createFaultInjector(state.faults),
    async function wait(_request, _response, next) {
      await sleep(CALL_MS * state.latencyFactor);
      next();
    },
  ];
}

/** Any other path under the API. */
export const unknownRoute: RequestHandler = () => {
  throw notFound(103, null);
};

/** Turns what handlers throw into the site's envelope. */
export const errorEnvelope: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const id = randomBytes(16).toString('hex');
  const known = error instanceof SiteError ? error : undefined;
  sendError(
    response,
    known ??
      new SiteError(500, 100, 'Shotgun Server Error', { detail: `Please contact support with the request id ${id}.` }),
    id,
  );
};

function rootInfo(state: SiteState): RequestHandler {
  return function siteInfo(request, response) {
    response.json({
      data: {
        shotgun_version: 'v8.89.0.9724 (build 47ec49f)',
        api_version: request.baseUrl.endsWith('v1.1') ? '1.1' : '1.0',
        unified_login_flow_enabled: true,
        authentication_app_session_launcher_enabled: state.settings.launcherEnabled,
        user_authentication_method: state.settings.authenticationMethod,
        site_id: 'studio-in-a-box',
        site_name: state.host,
        os: 'Amazon Linux',
      },
    });
  };
}

const corsHeaders: RequestHandler = (request, response, next) => {
  const origin = request.get('origin');
  if (origin !== undefined)
    response.set({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  response.set({
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers':
      'authorization, content-type, accept, accept-language, content-language, range, origin',
    'access-control-max-age': '3600',
  });
  response.status(200).end();
};

/** The vendor types belong in Content-Type; in Accept they get an empty 406. */
const acceptsJson: RequestHandler = (request, response, next) => {
  const accept = request.get('accept') ?? '*/*';
  if (/application\/json|\*\/\*|application\/\*/.test(accept)) next();
  else response.status(406).end();
};

const responseHeaders: RequestHandler = (request, response, next) => {
  response.set({
    'cache-control': request.method === 'GET' ? 'private, max-age=0, must-revalidate' : 'no-cache, max-age=0',
    'x-request-id': randomBytes(16).toString('hex'),
    'x-frame-options': 'SAMEORIGIN',
    server: 'nginx + Phusion Passenger(R)',
  });
  next();
};

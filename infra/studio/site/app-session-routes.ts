/**
 * `/internal_api`: the app session launcher and the life of a web session. No CORS headers, and errors are `{"message"}`.
 * `/app_session_request/<id>` is the page on which a person approves or denies.
 */
import { Router } from 'express';
import type { Request } from 'express';
import { isObject } from './json.ts';
import { notFound } from './errors.ts';
import { errorEnvelope } from './rest.ts';
import { approvalPage, messagePage } from './page-view.ts';
import { cookieOf, SESSION_COOKIE } from './sessions.ts';
import type { SiteState } from './state.ts';
import { displayName, textOf } from './values.ts';
import { signedInPerson } from './sign-in-routes.ts';

export function internalApi(state: SiteState): Router {
  const router = Router();

  router.post('/app_session_request', (request, response) => {
    if (!state.settings.launcherEnabled) return void response.status(403).json({ message: 'Forbidden' });
    const { appName, machineId } = fieldsOf(request);
    const missing = Object.entries({ appName, machineId }).flatMap(([name, value]) => (value ? [] : [name]));
    if (!appName || !machineId)
      return void response.status(400).json({ message: `Missing params: ${missing.join(', ')}` });
    const { id } = state.launcher.request(appName, machineId);
    response.json({ sessionRequestId: id, url: `http://${state.host}/app_session_request/${id}?sticky_id=${id}` });
  });

  router.put('/app_session_request/:id', (request, response) => {
    const found = state.launcher.collect(request.params.id);
    if (!found) return void response.status(404).json({ message: 'Not Found' });
    if (found.login === null) return void response.json({ approved: false });
    const sessionToken = found.sessionToken ?? state.sessions.open(found.login);
    response.json({ approved: true, sessionToken, userLogin: found.login });
  });

  router.get('/session', (request, response) => {
    const session = liveSession(state, request);
    if (!session) return void response.status(401).json({ message: 'Unauthorized' });
    const expiresAt = session.expiresAt.toISOString();
    response.json({
      app: { createdAt: session.createdAt.toISOString(), expiresAt, forceExpiresAt: null },
      license: { createdAt: session.createdAt.toISOString(), expiresAt },
      expirationReason: 'session',
      expired: false,
      expiresAt,
      notifyAt: new Date(session.expiresAt.getTime() - 900_000).toISOString(),
      sessionInitUrl: `http://${state.host}/user/login`,
    });
  });

  const renew = (request: Request) => signedInPerson(state, request) !== undefined;
  router.post(['/session', '/autodesk_identity/license_renewal'], (request, response) => {
    if (!renew(request)) return void response.status(401).json({ message: 'Unauthorized' });
    response.json({ message: 'OK' });
  });

  router.use(() => {
    throw notFound(103, null);
  });
  router.use(errorEnvelope);
  return router;
}

/** Where a person says yes or no. */
export function approvalRoutes(state: SiteState): Router {
  const router = Router();
  router.get('/app_session_request/:id', (request, response) => {
    const { id } = request.params;
    const person = signedInPerson(state, request);
    if (!person) {
      response.redirect(302, `/user/login?return_path=/app_session_request/${encodeURIComponent(id)}`);
      return;
    }
    const found = state.launcher.find(id);
    if (found?.decision !== 'pending') {
      return void response
        .status(404)
        .type('html')
        .send(messagePage('Request not found', 'It has expired or was answered already.').html);
    }
    const { appName, machineId } = found;
    const page = approvalPage({
      appName,
      machineId,
      name: displayName(state.store, person),
      action: `/app_session_request/${id}`,
    });
    // The page that approves must not be framed by anybody.
    response.set('x-frame-options', 'DENY').type('html').send(page.html);
  });
  router.post('/app_session_request/:id', (request, response) => {
    const { id } = request.params;
    const person = signedInPerson(state, request);
    if (!person) {
      response.redirect(303, `/user/login?return_path=/app_session_request/${encodeURIComponent(id)}`);
      return;
    }
    const approve = fieldsOf(request)['decision'] === 'approve';
    const done = approve ? state.launcher.approve(id, textOf(person, 'login')) : state.launcher.deny(id);
    const page = !done
      ? messagePage('Request not found', 'It has expired or was answered already.')
      : approve
        ? messagePage('Approved', 'You can close this window and go back to the program.')
        : messagePage('Denied', 'The program was not let in.');
    response
      .status(done ? 200 : 404)
      .type('html')
      .send(page.html);
  });
  return router;
}

/** A form or JSON: programs send either. */
function fieldsOf(request: Request): Readonly<Record<string, string | undefined>> {
  const text = typeof request.body === 'string' ? request.body : '';
  if (!request.is('application/json')) return Object.fromEntries(new URLSearchParams(text));
  try {
    const body: unknown = JSON.parse(text);
    const entries = isObject(body) ? Object.entries(body) : [];
    return Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
  } catch {
    return {};
  }
}

function liveSession(state: SiteState, request: Request) {
  const token = cookieOf(request.get('cookie'), SESSION_COOKIE);
  return token === undefined ? undefined : state.sessions.look(token);
}

/** `/_studio/…`: the same control over HTTP, in JSON, for other processes. Not part of the protocol. */
import { Router } from 'express';
import type { ErrorRequestHandler, Request } from 'express';
import type { Control } from './control.ts';
import { isFault } from './faults.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import type { SiteState } from './state.ts';
import { textOf } from './values.ts';

export function controlRoutes(state: SiteState, control: Control): Router {
  const router = Router();
  router.post('/reset', (_request, response) => {
    control.reset();
    response.status(204).end();
  });
  router.post('/flag', (request, response) => {
    const { login, on } = body(request);
    control.setFlag(text(login), on === true);
    response.status(204).end();
  });
  router.post('/status', (request, response) => {
    const { login, status } = body(request);
    control.setStatus(text(login), status === 'act' ? 'act' : 'dis');
    response.status(204).end();
  });
  router.post('/one-time-code', (request, response) => {
    const { login, code } = body(request);
    control.setOneTimeCode(text(login), text(code));
    response.status(204).end();
  });
  router.post('/retire', (request, response) => {
    const { type, id } = body(request);
    control.retire(text(type), Number(id));
    response.status(204).end();
  });
  router.post('/latency', (request, response) => {
    const { factor } = body(request);
    if (typeof factor !== 'number' || factor < 0) throw new Error('factor must be a number from 0 up');
    control.setLatency(factor);
    response.status(204).end();
  });
  router.get('/faults', (_request, response) => void response.json(state.faults.pending()));
  router.post('/faults', (request, response) => {
    const fault = body(request);
    if (!isFault(fault))
      throw new Error('not a fault: {kind, method?, path?, count?, skip?, retryAfterSeconds?, delayMs?, after?}');
    control.inject(fault);
    response.status(204).end();
  });
  router.delete('/faults', (_request, response) => {
    control.clearFaults();
    response.status(204).end();
  });
  router.get('/calls', (_request, response) => void response.json(state.calls.entries));
  router.delete('/calls', (_request, response) => {
    control.clearCalls();
    response.status(204).end();
  });
  router.get('/snapshot', (_request, response) => void response.json(control.snapshot()));
  router.get('/rows/:type', (request, response) => void response.json(control.rows(request.params.type)));
  router.get('/events', (_request, response) => void response.json(control.eventLog()));
  router.get('/menu-items', (_request, response) => {
    const items = state.store.all('ActionMenuItem').filter((row) => !row.retired);
    response.json(
      items.map((row) => ({
        id: row.id,
        title: textOf(row, 'title'),
        url: textOf(row, 'url'),
        entityType: textOf(row, 'entity_type') || null,
      })),
    );
  });
  router.get('/last-click', (_request, response) => {
    if (state.lastClick === undefined) response.status(404).json({ message: 'Nobody has chosen a menu item yet.' });
    else response.json(state.lastClick);
  });
  router.get('/app-requests', (_request, response) => void response.json(state.launcher.all()));
  router.post('/app-requests/:id', (request, response) => {
    const { decision, login } = body(request);
    const { id } = request.params;
    const done = decision === 'approve' ? control.approveApp(id, text(login)) : control.denyApp(id);
    response.status(done ? 204 : 404).end();
  });
  const badRequest: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(400).json({ message: error instanceof Error ? error.message : 'bad request' });
  };
  router.use(badRequest);
  return router;
}

function body(request: Request): JsonObject {
  const parsed: unknown = typeof request.body === 'string' && request.body !== '' ? JSON.parse(request.body) : {};
  if (!isObject(parsed)) throw new Error('the body must be a JSON object');
  return parsed;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('a text is missing');
  return value;
}

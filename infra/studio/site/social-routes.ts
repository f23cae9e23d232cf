/** Followers and note threads. */
import { Router } from 'express';
import { jsonBody } from './body.ts';
import { authenticate } from './caller.ts';
import { ENTITY_TYPES } from './entity-types.ts';
import { entityType, readableRow } from './entity-routes.ts';
import { malformed, notFound } from './errors.ts';
import { isObject } from './json.ts';
import { namedLink, recordDocument } from './records.ts';
import type { SiteState } from './state.ts';
import type { Link, Row } from './store.ts';
import { displayName, isLink, linksIn, linkTo, readNamed, sameLink } from './values.ts';

/** Who follows what is kept in rows of a type of its own, which has no address. */
const EDGE = 'FollowEdge';

export function socialRoutes(state: SiteState): Router {
  const router = Router();
  const { store } = state;

  function edges(): { readonly edge: Row; readonly user: Link; readonly target: Link }[] {
    return store.all(EDGE).flatMap((edge) => {
      const [user, target] = [edge.values.get('user'), edge.values.get('target')];
      return !edge.retired && isLink(user) && isLink(target) ? [{ edge, user, target }] : [];
    });
  }

  router.get('/entity/:type/:id/followers', (request, response) => {
    const row = readableRow(state, authenticate(state, request), entityType(request), request.params.id, false);
    const users = edges().filter(({ target }) => sameLink(target, linkTo(row)));
    response.json({
      data: users.map(({ user }) => ({
        id: user.id,
        type: user.type,
        attributes: { name: namedLink(store, user).name },
        // Here alone the type is spelled as in the schema.
        links: { self: `${request.baseUrl}/entity/HumanUser/${user.id}` },
      })),
    });
  });

  router.get('/entity/:type/:id/following', (request, response) => {
    const row = readableRow(state, authenticate(state, request), entityType(request), request.params.id, false);
    const targets = edges().filter(({ user }) => sameLink(user, linkTo(row)));
    response.json({ data: targets.map(({ target }) => ({ id: target.id, type: target.type })) });
  });

  router.post('/entity/:type/:id/follow', (request, response) => {
    const user = readableRow(state, authenticate(state, request), entityType(request), request.params.id, false);
    const { entities } = jsonBody(request);
    if (!Array.isArray(entities)) throw malformed('entities is missing', { entities: ['is missing'] });
    for (const item of entities as unknown[]) {
      const type = isObject(item)
        ? ENTITY_TYPES.get(typeof item['entity'] === 'string' ? item['entity'] : '')
        : undefined;
      const row = type && isObject(item) ? store.find(type.name, Number(item['record_id'])) : undefined;
      // Not atomic: those before this one are followed already.
      if (!row || row.retired) throw notFound(104, 'Entity does not exist.');
      const known = edges().some((one) => sameLink(one.user, linkTo(user)) && sameLink(one.target, linkTo(row)));
      if (!known) store.insert(EDGE, { user: linkTo(user), target: linkTo(row) });
    }
    response.status(204).end();
  });

  router.put('/entity/:type/:id/unfollow', (request, response) => {
    const row = readableRow(state, authenticate(state, request), entityType(request), request.params.id, false);
    const userId = jsonBody(request)['user_id'];
    for (const { edge, user, target } of edges()) {
      if (user.id === userId && sameLink(target, linkTo(row))) store.setRetired(edge, true);
    }
    response.status(204).end();
  });

  router.get('/entity/:type/:id/thread_contents', (request, response) => {
    const note = readableRow(state, authenticate(state, request), entityType(request), request.params.id, false);
    if (note.type !== 'Note') throw malformed(`${note.type} has no thread.`);
    const replies = linksIn(readNamed(store, note, 'replies')).map((link) => store.find(link.type, link.id));
    const author = (row: Row, field: string) =>
      linksIn(row.values.get(field)).map((link) => namedLink(store, link))[0] ?? null;
    response.json({
      data: [
        {
          type: 'Note',
          id: note.id,
          ...fieldsOf(note, ['subject', 'content', 'created_at']),
          created_by: author(note, 'created_by'),
        },
        ...replies
          .filter((reply) => reply !== undefined)
          .map((reply) => ({
            type: 'Reply',
            id: reply.id,
            ...fieldsOf(reply, ['content', 'created_at']),
            user: author(reply, 'user'),
          })),
      ],
    });
  });

  router.get('/entity/:type/:id/activity_stream', (request, response) => {
    const row = readableRow(state, authenticate(state, request), entityType(request), request.params.id, false);
    const limit = Math.min(500, Number(request.query['limit'] ?? 25) || 25);
    const events = store
      .all('EventLogEntry')
      .filter((event) => linksIn(event.values.get('entity')).some((link) => sameLink(link, linkTo(row))));
    const updates = events
      .slice(-limit)
      .reverse()
      .map((event) => ({ id: event.id, update_type: 'update', ...fieldsOf(event, ['created_at', 'meta']) }));
    response.json({ data: { entity_type: row.type, entity_id: row.id, name: displayName(store, row), updates } });
  });

  function fieldsOf(row: Row, names: readonly string[]): Record<string, unknown> {
    const { attributes } = recordDocument(store, row, names, '');
    return attributes;
  }

  return router;
}

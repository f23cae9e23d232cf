/** The front page: what this server is for, for somebody who came here without a click. */
import { Router } from 'express';
import type { Catalogue } from '../../actions/catalogue.ts';
import type { Respond } from '../respond.ts';

export function homeRoutes(deps: { readonly catalogue: Catalogue; readonly respond: Respond }): Router {
  const router = Router();
  router.get('/', (request, response) => {
    const actions = deps.catalogue
      .all()
      .map(({ id, title, description, entityTypes }) => ({ id, title, description, entityTypes }));
    deps.respond(request, response, {
      page: 'home',
      model: ({ t }) => ({ title: t('home.title'), actions }),
      json: { actions },
    });
  });
  return router;
}

/** Facts about the site itself: preferences, licence, and the short form of its API description. */
import { Router } from 'express';
import { authenticate } from './caller.ts';
import { SiteError } from './errors.ts';
import type { SiteState } from './state.ts';

const PREFERENCES: Readonly<Record<string, unknown>> = {
  format_date_fields: '08/04/22 OR 04/08/22 (depending on the Month order preference)',
  date_component_order: 'month_day',
  hours_per_day: 8,
  last_day_work_week: 5,
  format_currency_fields_decimal_options: '$1,000.99',
  enable_parent_task_field: true,
};

export function siteRoutes(state: SiteState): Router {
  const router = Router();
  router.get('/spec.json', (_request, response) => {
    response.json({
      openapi: '3.0.0',
      info: { title: 'Flow Production Tracking REST API ', version: '1.x' },
      servers: [{ url: `http://${state.host}/api/v1.1` }],
      paths: {},
      components: { securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearerAuth: ['sudo_as_login:{user_login}'] }],
    });
  });
  router.get('/spec.xml', (_request, response) => {
    response.status(406).end();
  });
  router.get('/preferences', (request, response) => {
    authenticate(state, request);
    const { prefs } = request.query;
    const names = typeof prefs === 'string' ? prefs.split(',') : Object.keys(PREFERENCES);
    response.json({
      data: Object.fromEntries(
        names.filter((name) => Object.hasOwn(PREFERENCES, name)).map((name) => [name, PREFERENCES[name]]),
      ),
    });
  });
  router.put('/preferences', (request) => {
    authenticate(state, request);
    throw new SiteError(400, 111, 'Updating the preferences is not available', { source: {} });
  });
  router.get('/license_info', (request, response) => {
    const caller = authenticate(state, request);
    if (!caller.permissionSet.endsWith('admin')) {
      throw new SiteError(401, 104, 'Must sudo as Administrator to query license information', { source: {} });
    }
    response.json({ data: { assigned: 8, rule: 'seats', free: 2, total: 10, type: 'standard' }, status: 'success' });
  });
  return router;
}

/**
 * Every page there is, from the real routes and templates and made-up facts: long names, many rows, nothing at all, each
 * refusal. For looking at, and for checks that hold for all pages alike.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import type { Identity } from '../../src/login/identity.ts';
import { countOutcomes } from '../../src/runs/outcome.ts';
import { isSettled, type Run, type RunRow } from '../../src/runs/run-store.ts';
import type { FieldSchema } from '../../src/shotgrid/schema.ts';
import { createAssets } from '../../src/web/assets.ts';
import { errorPage } from '../../src/web/error-page.ts';
import { createPresentPreview } from '../../src/web/present-preview.ts';
import { createOpenRun } from '../../src/web/open-run.ts';
import { createPresentRun } from '../../src/web/present-run.ts';
import { contextOf, requestContext } from '../../src/web/request-context.ts';
import { createRespond } from '../../src/web/respond.ts';
import { accountRoutes } from '../../src/web/routes/account.ts';
import { adminRoutes, type AdminDeps } from '../../src/web/routes/admin.ts';
import { auditRoutes, type AuditDeps } from '../../src/web/routes/audit.ts';
import { homeRoutes } from '../../src/web/routes/home.ts';
import { runRoutes, type RunDeps } from '../../src/web/routes/run.ts';
import { securityHeaders } from '../../src/web/security-headers.ts';
import type { LANGUAGES } from '../../src/texts/languages.ts';
import { besideOf, LOGS, OVERLAYS, RECONCILIATION, PREVIEWS, RUNS } from './gallery-facts.ts';
import { hangRooms } from './gallery-rooms.ts';
import { ACTIONS, DAY, FORMS, HELD, MORE_PREVIEWS, STATES } from './gallery-states.ts';
import { HOLD, REFUSALS } from './refusals.ts';

const SITE = 'http://127.0.0.1:8081';
const ARTIST: Identity = {
  issuer: 'https://idp.studio.example',
  subject: 's',
  login: 'artist',
  name: 'Alma Ortiz',
  roles: ['user'],
};
const ADMIN: Identity = { ...ARTIST, login: 'admin', name: 'Otto Brandt', roles: ['user', 'admin'] };
const AUDITOR: Identity = { ...ARTIST, login: 'auditor', name: 'Ruth Calder', roles: ['user', 'auditor'] };

export type Gallery = {
  readonly url: string;
  /** Path of each page, by its name. */
  readonly pages: ReadonlyMap<string, string>;
  readonly close: () => Promise<void>;
};

/** Whether a page is one of administrators or auditors: about half of what there is to check. */
export function isOffice(name: string): boolean {
  return /^(?:admin|audit)/.test(name);
}

/** @param options.languages - What its pages can be written in, instead of those there are. */
export async function startGallery(options: { readonly languages?: typeof LANGUAGES } = {}): Promise<Gallery> {
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    pages: hang(app, url, options.languages),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function hang(app: Express, url: string, languages?: typeof LANGUAGES): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  const assets = createAssets(new URL('../../src/web/assets/', import.meta.url));
  const respond = createRespond({
    folder: fileURLToPath(new URL('../../src/web/pages/', import.meta.url)),
    languages,
    common: (request) => {
      const { identity } = request.session as unknown as { identity?: Identity };
      const roles = identity?.roles ?? [];
      const viewer = identity && {
        name: identity.name,
        isAuditor: roles.includes('auditor'),
        isAdmin: roles.includes('admin'),
        csrf: 'c',
      };
      return { asset: assets.href, siteUrl: SITE, viewer, framed: 'framed' in request.query };
    },
  });
  const readFieldSchemas = () => Promise.resolve(FIELDS);
  const now = () => new Date('2026-05-04T10:00:00Z');

  app.use(requestContext({ log: silent(), createReference: () => 'K7QM-3XW9-TZ', now }));
  app.use(securityHeaders({ publicUrl: url, siteUrl: SITE, issuerUrl: 'http://127.0.0.1:8082' }));
  app.use(assets.router);
  app.use((request, _response, next) => {
    const [, first = '', second = ''] = request.path.split('/');
    const isSignedOut = first === 'signed-out' || second === 'signed-out';
    const identity = first.startsWith('audit') ? AUDITOR : first.startsWith('admin') ? ADMIN : ARTIST;
    Object.assign(request, { session: isSignedOut ? {} : { identity }, sessionID: 'session-0' });
    next();
  });

  const present = createPresentPreview({ readFieldSchemas, siteUrl: SITE, scriptName: 'understudy' });
  for (const [name, preview] of [...PREVIEWS, ...MORE_PREVIEWS]) {
    pages.set(`preview-${name}`, `/launches/${name}`);
    app.get(`/launches/${name}`, async (request, response) => {
      respond(request, response, await present({ ...preview, csrf: 'c' } as Parameters<typeof present>[0]));
    });
  }

  for (const [name, form] of FORMS) {
    pages.set(name, `/forms/${name}`);
    app.get(`/forms/${name}`, async (request, response) => respond(request, response, await form()));
  }

  const rowsOf = (id: string): readonly RunRow[] => RUNS.get(id)?.rows ?? [];
  const runs = {
    find: (id: string) => Promise.resolve(RUNS.get(id)?.run),
    rows: (id: string) => Promise.resolve(rowsOf(id)),
    counts: (id: string) =>
      Promise.resolve(countOutcomes(rowsOf(id).map((row) => (isSettled(row) ? row.progress : undefined)))),
  } as unknown as RunDeps['runs'];
  // Nothing goes on in a gallery: its streams stay silent.
  app.get('/runs/:id/events', (_request, response) => void response.type('text/event-stream').write(':\n\n'));
  const isOver = (run: Run): boolean => run.status !== 'running';
  app.use(
    runRoutes({
      runs,
      respond,
      openRun: createOpenRun({ runs }),
      presentRun: createPresentRun({ readFieldSchemas, siteUrl: SITE, scriptName: 'understudy' }),
      followUps: { options: (run: Run) => Promise.resolve(isOver(run) ? { undo: {}, retry: {} } : {}) },
      csrf: { sessionToken: () => 'c' },
    } as unknown as RunDeps),
  );
  for (const [id, { name }] of RUNS) pages.set(`run-${name}`, `/runs/${id}`);

  for (const [name, path] of hangRooms(app, { respond, now, siteUrl: SITE, readFieldSchemas, runs })) {
    pages.set(name, path);
  }

  const noted = () => Promise.resolve();
  for (const [name, audit] of LOGS) {
    const recorder = { auditSearched: noted, auditRecordRead: noted, auditVerified: noted };
    const rooms = express.Router();
    rooms.use(
      auditRoutes({
        audit,
        auditBeside: besideOf(audit),
        recorder,
        respond,
        siteUrl: SITE,
        now,
        csrf: { sessionToken: () => 'c' },
        reconciliation: RECONCILIATION,
      } as unknown as AuditDeps),
    );
    app.use(`/audit-${name}`, rooms);
    pages.set(`audit-${name}`, `/audit-${name}/audit`);
    pages.set(`audit-${name}-narrowed`, `/audit-${name}/audit?person=artist&text=hsm&from=2026-05-04&code=ami_stale`);
    pages.set(`audit-${name}-verify`, `/audit-${name}/audit/verify`);
  }
  pages.set('audit-reconcile', '/audit-many/audit/reconcile?from=2026-05-03&to=2026-05-03');
  pages.set('audit-record', '/audit-many/audit/records/7');
  pages.set('audit-wrong', '/audit-many/audit?from=yesterday&outcome=done&persn=artist&entity=Version+6933');

  const rooms = express.Router();
  const away = () => Promise.reject(new Error('away'));
  rooms.use(
    adminRoutes({
      catalogue: { all: () => [], problems: () => ['approve.yml: line 3: "tilte" is no key; did you mean "title"?'] },
      switches: { current: () => Promise.resolve({ readOnly: HOLD, actions: new Map([['gone', HOLD]]) }) },
      runs: { inProgress: () => Promise.resolve([]) },
      audit: { day: away, search: away },
      csrf: { sessionToken: () => 'c' },
      respond,
      siteUrl: SITE,
      sudoPolicy: 'flag',
      issuerUrl: ARTIST.issuer,
    } as unknown as AdminDeps),
  );
  app.use('/admin-away', rooms);
  for (const page of ['', '/read-only', '/actions/gone', '/who', '/doctor']) {
    pages.set(`admin${page.replaceAll('/', '-')}`, `/admin-away/admin${page}`);
  }

  const busy = express.Router();
  busy.use(
    adminRoutes({
      catalogue: { all: () => ACTIONS, get: () => ACTIONS[0], problems: () => [] },
      switches: { current: () => Promise.resolve(HELD) },
      runs: {
        ...runs,
        inProgress: () => Promise.resolve([...RUNS.values()].flatMap(({ run }) => (isOver(run) ? [] : [run]))),
      },
      audit: { day: () => Promise.resolve(DAY), search: () => LOGS.get('many')?.search({}) },
      csrf: { sessionToken: () => 'c' },
      respond,
      siteUrl: SITE,
      sudoPolicy: 'flag',
      issuerUrl: ARTIST.issuer,
    } as unknown as AdminDeps),
  );
  app.use('/admin-busy', busy);
  pages.set('admin-busy', '/admin-busy/admin');
  pages.set('admin-switch-off', '/admin-busy/admin/actions/approve');

  const catalogue = (count: number) => ({
    all: () =>
      Array.from({ length: count }, (_one, at) => ({
        id: `a${at}`,
        title: at === 0 ? 'Approve' : `Send to editorial and notify everybody on the show, variant ${at}`,
        description: at === 0 ? 'Sets the status of the selected Versions to Approved.' : undefined,
        entityTypes: at === 0 ? ['Version'] : ['Version', 'PublishedFile', 'Playlist'],
      })),
  });
  for (const [name, count] of [
    ['home', 3],
    ['home-empty', 0],
    ['signed-out', 1],
  ] as const) {
    const rooms = express.Router();
    rooms.use(homeRoutes({ catalogue: catalogue(count), respond } as unknown as Parameters<typeof homeRoutes>[0]));
    app.use(`/at/${name}`, rooms);
    pages.set(name === 'signed-out' ? 'home-signed-out' : name, `/at/${name}/`);
  }
  for (const [name, browsers, since] of [
    ['account', ['Firefox on Linux', 'Chrome on Windows', 'A browser'], '2026-05-04T08:00:00.000Z'],
    ['account-of-one', ['Safari'], undefined],
  ] as const) {
    const rooms = express.Router();
    rooms.use(
      accountRoutes({
        respond,
        csrf: { sessionToken: () => 'c' },
        sessions: { listOf: () => Promise.resolve(browsers.map(sessionOf)) },
        desk: { session: () => Promise.resolve(since && { since }) },
      } as unknown as Parameters<typeof accountRoutes>[0]),
    );
    app.use(`/at/${name}`, rooms);
    pages.set(name, `/at/${name}/account`);
  }
  pages.set('account-ended', '/at/account/account?notice=ended');
  for (const [name, page, model] of OVERLAYS) {
    pages.set(name, `/overlays/${name}${name.startsWith('framed-') ? '?framed' : ''}`);
    app.get(`/overlays/${name}`, (request, response) =>
      respond(request, response, { page, model: () => model, json: {} }),
    );
  }
  for (const [name, page, model] of STATES) {
    const path = `${name.startsWith('admin') ? '/admin-states' : '/states'}/${name}`;
    pages.set(name, path);
    app.get(path, (request, response) =>
      respond(request, response, { page, model: () => model, json: { state: 'waiting' } }),
    );
  }
  pages.set('signed-out', '/signed-out');
  app.get('/signed-out', (request, response) =>
    respond(request, response, { page: 'signed-out', model: () => ({ title: 'Signed out', narrow: true }), json: {} }),
  );

  for (const [code, error] of REFUSALS) {
    pages.set(`refusal-${code}`, `/refused/${code}`);
    app.get(`/refused/${code}`, (request) => {
      if (error.status >= 401) contextOf(request).story.launchId = 'a-launch';
      throw error;
    });
  }
  for (const name of ['preview-three', 'run-mixed', 'run-progress', 'form-wrong', 'refusal-launch_expired']) {
    const path = pages.get(name);
    if (path !== undefined) pages.set(`framed-${name}`, `${path}?framed`);
  }
  app.use(errorPage({ respond, siteUrl: SITE, recordRefusal: noted }));
  return pages;
}

const FIELDS: ReadonlyMap<string, FieldSchema> = new Map(
  [
    ['sg_status_list', 'Status', { rev: 'Pending Review', apr: 'Approved' }],
    ['description', 'Description', {}],
    ['sg_frames_have_been_checked_by_the_supervisor', 'Frames Have Been Checked by the Supervisor', {}],
    ['user', 'Artist', {}],
  ].map(([code, name, labels]) => [
    code as string,
    { name, displayValues: new Map(Object.entries(labels as Record<string, string>)) } as unknown as FieldSchema,
  ]),
);

/** Where the person of the gallery is signed in; the first is the browser of the gallery. */
function sessionOf(browser: string, at: number) {
  return {
    id: `session-${at}`,
    data: { browser, framed: at === 1, loggedInAt: '2026-05-04T08:00:00.000Z' },
    lastUsedAt: new Date('2026-05-04T09:59:00Z'),
  };
}

function silent() {
  const log = { child: () => log, debug: quiet, info: quiet, warn: quiet, error: quiet };
  return log;
}

function quiet(): void {
  // Nobody reads the log of a gallery.
}

/**
 * The site as a person sees it: pages, pictures, the sign-in switch, and the two calls that the pages make themselves: "launch
 * this menu item" (the form is signed here, so the secret never reaches the browser) and "what has changed".
 */
import express, { Router } from 'express';
import type { Request, Response } from 'express';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { launchMenuItem } from './ami-form.ts';
import type { ClickPlace } from './ami-form.ts';
import { findPerson } from './caller.ts';
import { cell } from './cells.ts';
import { ENTITY_TYPES } from './entity-types.ts';
import { GRID_PAGES } from './grid-pages.ts';
import type { GridPage } from './grid-pages.ts';
import { isObject } from './json.ts';
import { isShown, menuFor } from './menu-items.ts';
import { detailPage, gridPage, messagePage } from './page-view.ts';
import type { PageContext } from './page-view.ts';
import { findRows } from './query.ts';
import { recordedClick } from './recorded-click.ts';
import { PROJECT } from './seed.ts';
import { signedInPerson, signIn } from './sign-in-routes.ts';
import type { SiteState } from './state.ts';
import { EVENT_MS } from './timing.ts';
import type { Row } from './store.ts';
import { thumbnailSvg } from './thumbnail.ts';
import { displayName, fieldOf, isLink, linksIn, linkTo, sameLink } from './values.ts';
import { permissionSetOf } from './caller.ts';

export function webRoutes(state: SiteState): Router {
  const router = Router();
  router.use('/_assets', express.static(fileURLToPath(new URL('assets', import.meta.url)), { maxAge: 0 }));
  router.get('/', (_request, response) => response.redirect(302, '/page/4606'));

  // Where people have passwords nobody is somebody else by asking for it.
  router.get(['/page/:id', '/detail/:type/:id'], (request, response, next) => {
    if (state.settings.webSignIn === 'choose' || signedInPerson(state, request)) next();
    else response.redirect(302, `/user/login?return_path=${encodeURIComponent(request.path)}`);
  });
  router.get('/page/:id', (request, response) => {
    const page = GRID_PAGES.find(({ id }) => String(id) === request.params.id);
    if (!page)
      return void response.status(404).type('html').send(messagePage('Not found', 'There is no such page.').html);
    const context = pageContext(state, request, response, page.entityType);
    const sort = sortOf(page, request);
    response.type('html').send(gridPage(context, page, rowsOf(state, page.entityType, sort), sort).html);
  });

  router.get('/detail/:type/:id', (request, response) => {
    const { type, id } = request.params;
    const row = ENTITY_TYPES.has(type) ? state.store.find(type, Number(id)) : undefined;
    if (!row || row.retired)
      return void response
        .status(404)
        .type('html')
        .send(messagePage('Not found', `There is no ${type} ${id}.`).html);
    response.type('html').send(detailPage(pageContext(state, request, response, type), row).html);
  });

  router.get('/_thumbnails/:type/:file', (request, response) => {
    const { type, file } = request.params;
    response
      .set('cache-control', 'max-age=3600')
      .type('image/svg+xml')
      .send(thumbnailSvg(type, Number.parseInt(file, 10) || 0));
  });

  router.post('/_web/launch', (request, response) => {
    const person = signedInPerson(state, request);
    const click = parseClick(state, request.body);
    const item = click && state.store.find('ActionMenuItem', click.item);
    if (!person || !click || !item || !isShown(state, item, click.place.entityType, person)) {
      return void response.status(400).json({ message: 'No such menu item for you on this page.' });
    }
    const launch = launchMenuItem(state, item, person, click.place);
    state.lastClick = recordedClick(launch);
    response.json(launch);
  });

  router.get('/_web/updates', (request, response) => {
    const { session_uuid: sessionUuid, since } = request.query;
    const from = Number(since ?? 0);
    response.json(
      updatesSince(state, typeof sessionUuid === 'string' ? sessionUuid : '', Number.isFinite(from) ? from : 0),
    );
  });
  return router;
}

/** `?as=login` signs in as somebody else; a browser that nobody has signed in is the artist's. */
function pageContext(state: SiteState, request: Request, response: Response, type: string): PageContext {
  const as = request.query['as'];
  const isChosen = state.settings.webSignIn === 'choose' && typeof as === 'string';
  const wanted = isChosen ? findPerson(state.store, as) : undefined;
  const current = signedInPerson(state, request);
  const person = wanted ?? current ?? findPerson(state.store, 'artist') ?? state.store.all('HumanUser')[0];
  if (!person) throw new Error('the site has no people');
  if (person.id !== current?.id) signIn(state, response, person);
  return {
    state,
    person,
    menu: menuFor(state, type, person),
    sessionUuid: windowUuid(state),
    here: request.originalUrl,
  };
}

function sortOf(page: GridPage, request: Request): string {
  const given = request.query['sort'];
  return typeof given === 'string' && page.columns.includes(given.replace(/^-/, '')) ? given : page.defaultSort;
}

/** Everybody sees the whole project on these pages. */
function rowsOf(state: SiteState, type: string, sort: string): readonly Row[] {
  const entityType = ENTITY_TYPES.get(type);
  const anybody = state.store.all('ApiUser')[0];
  if (!entityType || !anybody) return [];
  const caller = {
    authenticator: anybody,
    actor: anybody,
    sudo: false,
    sessionUuid: null,
    permissionSet: permissionSetOf(state.store, anybody),
  };
  return findRows(state, caller, entityType, () => true, undefined, sort);
}

/** An id for the browser window, in the version 1 form that sites use. */
function windowUuid(state: SiteState): string {
  const ticks = (
    BigInt(state.now().getTime()) * 10_000n +
    122_192_928_000_000_000n +
    BigInt(randomBytes(2).readUInt16BE())
  )
    .toString(16)
    .padStart(15, '0');
  const node = randomBytes(6).toString('hex');
  return `${ticks.slice(7)}-${ticks.slice(3, 7)}-1${ticks.slice(0, 3)}-8${randomBytes(2).toString('hex').slice(1)}-${node}`;
}

type Click = { readonly item: number; readonly place: ClickPlace };

function parseClick(state: SiteState, body: unknown): Click | undefined {
  const click = parseJson(body);
  if (!isObject(click)) return undefined;
  const { item, page, type, selected, sort, session } = click;
  if (typeof item !== 'number' || typeof session !== 'string' || !Array.isArray(selected)) return undefined;
  const selectedIds = selected.filter((id) => typeof id === 'number');
  const grid = GRID_PAGES.find(({ id }) => id === page);
  if (!grid) return typeof type === 'string' ? detailClick(state, item, type, selectedIds, session) : undefined;
  const order = typeof sort === 'string' ? sort : grid.defaultSort;
  const rows = rowsOf(state, grid.entityType, order);
  return {
    item,
    place: {
      entityType: grid.entityType,
      // In the order of the page, as a person sees them.
      selectedIds: rows.map((row) => row.id).filter((id) => selectedIds.includes(id)),
      ids: rows.map((row) => row.id),
      title: grid.title,
      sessionUuid: session,
      projectId: PROJECT.id,
      grid: {
        pageId: grid.id,
        referrerPath: `/page/${String(grid.id)}`,
        columns: grid.columns.map((field) => ({ field, label: fieldOf(grid.entityType, field)?.label ?? field })),
        sortColumn: order.replace(/^-/, ''),
        sortDirection: order.startsWith('-') ? 'desc' : 'asc',
      },
    },
  };
}

function detailClick(
  state: SiteState,
  item: number,
  type: string,
  ids: readonly number[],
  session: string,
): Click | undefined {
  const [id] = ids;
  const row = id === undefined ? undefined : state.store.find(type, id);
  if (!row || id === undefined) return undefined;
  const [project] = linksIn(row.values.get('project'));
  const projectRow = project && state.store.find(project.type, project.id);
  const title = `${ENTITY_TYPES.get(type)?.label ?? type} ${String(id)}`;
  return {
    item,
    place: {
      entityType: type,
      selectedIds: [id],
      ids: [id],
      title: projectRow ? `${displayName(state.store, projectRow)} - ${title}` : title,
      sessionUuid: session,
      ...(project ? { projectId: project.id } : {}),
    },
  };
}

function parseJson(body: unknown): unknown {
  try {
    return typeof body === 'string' ? JSON.parse(body) : undefined;
  } catch {
    return undefined;
  }
}

/** Cells of the rows that changed under this window's id: a page hears of nobody else's writes. */
function updatesSince(state: SiteState, sessionUuid: string, since: number) {
  const visibleBefore = performance.now() - EVENT_MS * state.latencyFactor;
  const events = state.store
    .all('EventLogEntry')
    .filter((event) => event.id > since && event.values.get('session_uuid') === sessionUuid)
    .filter((event) => Number(event.values.get('written_ms')) <= visibleBefore);
  const targets = events.map((event) => event.values.get('entity')).filter((target) => isLink(target));
  const rows = targets
    .filter((target, at) => targets.findIndex((other) => sameLink(other, target)) === at)
    .map((target) => state.store.find(target.type, target.id))
    .filter((row) => row !== undefined);
  return {
    cursor: Math.max(since, ...events.map((event) => event.id)),
    rows: rows.map((row) => ({ ...linkTo(row), retired: row.retired, cells: cellsOf(state, row) })),
  };
}

function cellsOf(state: SiteState, row: Row): Record<string, string> {
  const columns = GRID_PAGES.find(({ entityType }) => entityType === row.type)?.columns ?? [];
  const plain = columns.filter((name) => !['image', ENTITY_TYPES.get(row.type)?.identity].includes(name));
  return Object.fromEntries(plain.map((name) => [name, cell(state.store, row, name).html]));
}

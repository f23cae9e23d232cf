/** The HTML of the site's pages: a grid of rows, a row's own page, and the frame around both. */
import { cell } from './cells.ts';
import { typeOf } from './entity-types.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { MenuEntry } from './menu-items.ts';
import type { GridPage } from './grid-pages.ts';
import { GRID_PAGES } from './grid-pages.ts';
import type { SiteState } from './state.ts';
import type { Row } from './store.ts';
import { displayName, fieldOf, textOf } from './values.ts';

export type PageContext = {
  readonly state: SiteState;
  readonly person: Row;
  readonly menu: readonly MenuEntry[];
  readonly sessionUuid: string;
  /** Path and query of this page, without `as`. */
  readonly here: string;
};

export function gridPage(context: PageContext, page: GridPage, rows: readonly Row[], sort: string): Html {
  const { state } = context;
  const columns = page.columns.map((name) => ({ name, label: fieldOf(page.entityType, name)?.label ?? name }));
  const head = columns.map(({ name, label }) => {
    const active = sort === name || sort === `-${name}`;
    const next = sort === name ? `-${name}` : name;
    const direction = active ? (sort.startsWith('-') ? 'descending' : 'ascending') : 'none';
    return html`<th scope="col" data-column="${name}" aria-sort="${direction}">
      <a href="?sort=${next}">${label}</a>
    </th>`;
  });
  const body = rows.map(
    (row) =>
      html`<tr data-id="${row.id}" aria-selected="false" tabindex="-1">
        <td class="pick">
          <input type="checkbox" tabindex="-1" aria-label="Select ${displayName(state.store, row)}" />
        </td>
        ${columns.map(({ name }) => html`<td data-field="${name}">${nameCell(context, page, row, name)}</td>`)}
      </tr>`,
  );
  const content = html`<div class="toolbar">
      <h1>${page.title}</h1>
      <span class="count">${rows.length} rows</span>
      <span class="selection" id="selection" aria-live="polite"></span>
      <button type="button" id="gear" aria-haspopup="menu" title="Actions for the selected rows">
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
          <path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
        </svg>
        Actions
      </button>
    </div>
    <div class="scroller" id="scroller">
      <table class="grid" id="grid" aria-multiselectable="true" tabindex="0" aria-label="${page.title}">
        <thead>
          <tr>
            <th class="pick"><input type="checkbox" id="all" aria-label="Select all" /></th>
            ${head}
          </tr>
        </thead>
        <tbody>
          ${body}
        </tbody>
      </table>
    </div>
    <p class="hint">Select rows with click, Ctrl, Shift or Space; right-click for the menu.</p>`;
  return frame(context, page.title, content, { page: page.id, type: page.entityType, sort });
}

function nameCell(context: PageContext, page: GridPage, row: Row, name: string): Html {
  const content = cell(context.state.store, row, name);
  return name === typeOf(page.entityType).identity
    ? html`<a class="name" href="/detail/${row.type}/${row.id}">${content}</a>`
    : content;
}

const HIDDEN_ON_DETAIL = [
  'image',
  'id',
  'cached_display_name',
  'password_proxy',
  'salted_password',
  'secret_token',
  'meta',
];

export function detailPage(context: PageContext, row: Row): Html {
  const { store } = context.state;
  const type = typeOf(row.type);
  const fields = [...type.fields.values()].filter((field) => !HIDDEN_ON_DETAIL.includes(field.name));
  const content = html`<article class="detail" data-type="${row.type}" data-id="${row.id}">
    <header>
      <img src="/_thumbnails/${row.type}/${row.id}.svg" alt="" width="320" height="180" />
      <div>
        <p class="kind">${type.label} ${row.id}</p>
        <h1>${displayName(store, row)}</h1>
        <p data-field="sg_status_list">${cell(store, row, 'sg_status_list')}</p>
        <button type="button" id="gear" aria-haspopup="menu">Actions</button>
      </div>
    </header>
    <dl>
      ${fields
        .filter((field) => field.name !== 'sg_status_list')
        .map((field) => ({ field, value: cell(store, row, field.name) }))
        .filter(({ value }) => value.html !== '')
        .map(
          ({ field, value }) =>
            html`<div>
              <dt>${field.label}</dt>
              <dd data-field="${field.name}">${value}</dd>
            </div>`,
        )}
    </dl>
  </article>`;
  return frame(context, displayName(store, row), content, { page: 0, type: row.type, sort: '' });
}

export function loginPage(people: readonly Row[], returnPath: string, state: SiteState): Html {
  const content = html`<main class="card">
    <h1>Sign in to ShotGrid</h1>
    <p>Choose who you are on this demo site.</p>
    <form method="post" action="/user/login">
      <input type="hidden" name="return_path" value="${returnPath}" />
      ${people.map(
        (person) =>
          html`<button name="login" value="${textOf(person, 'login')}">
            <strong>${displayName(state.store, person)}</strong> ${textOf(person, 'login')}
          </button>`,
      )}
    </form>
  </main>`;
  return shell('Sign in', content, html``);
}

type SignInStep = { readonly returnPath: string; readonly problem?: string };

export function passwordPage({ returnPath, login, problem }: SignInStep & { readonly login: string }): Html {
  const content = html`<main class="card">
    <h1>Sign in to ShotGrid</h1>
    <p>On this demo site the password is the login.</p>
    ${problemText(problem)}
    <form method="post" action="/user/login">
      <input type="hidden" name="return_path" value="${returnPath}" />
      <label>Login <input name="login" value="${login}" autocomplete="username" required autofocus /></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required /></label>
      <button class="primary">Sign in</button>
    </form>
  </main>`;
  return shell('Sign in', content, html``);
}

export function codePage({ returnPath, ticket, problem }: SignInStep & { readonly ticket: string }): Html {
  const content = html`<main class="card">
    <h1>Your one-time code</h1>
    <p>Six digits, from the app that you set up for it.</p>
    ${problemText(problem)}
    <form method="post" action="/user/login/code">
      <input type="hidden" name="return_path" value="${returnPath}" />
      <input type="hidden" name="ticket" value="${ticket}" />
      <label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus /></label>
      <button class="primary">Sign in</button>
    </form>
  </main>`;
  return shell('Sign in', content, html``);
}

function problemText(problem: string | undefined): Html {
  return problem === undefined ? html`` : html`<p class="problem" role="alert">${problem}</p>`;
}

export function approvalPage(input: {
  readonly appName: string;
  readonly machineId: string;
  readonly name: string;
  readonly action: string;
}): Html {
  const content = html`<main class="card">
    <h1>Allow ${input.appName}?</h1>
    <p>
      <strong>${input.appName}</strong> on <strong>${input.machineId}</strong> asks to use this site as you,
      ${input.name}.
    </p>
    <form method="post" action="${input.action}">
      <button name="decision" value="approve" class="primary">Approve</button>
      <button name="decision" value="deny">Deny</button>
    </form>
  </main>`;
  return shell(`Allow ${input.appName}?`, content, html``);
}

export function messagePage(title: string, text: string): Html {
  return shell(
    title,
    html`<main class="card">
      <h1>${title}</h1>
      <p>${text}</p>
    </main>`,
    html``,
  );
}

type FrameData = { readonly page: number; readonly type: string; readonly sort: string };

function frame(context: PageContext, title: string, content: Html, data: FrameData): Html {
  const { state, person, menu, sessionUuid } = context;
  const people = state.store.all('HumanUser').filter((row) => !row.retired);
  const project = displayProject(state);
  const body = html`<header class="top">
      <a class="brand" href="/page/4606"
        ><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <circle cx="12" cy="12" r="5" fill="currentColor" />
          <ellipse
            cx="12"
            cy="12"
            rx="11"
            ry="4"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
            transform="rotate(-24 12 12)"
          /></svg
        ><span>${project}</span></a
      >
      <nav aria-label="Pages">
        ${GRID_PAGES.map((page) => html`<a href="/page/${page.id}" ${page.id === data.page ? html`aria-current="page"` : null}>${page.tab}</a>`)}
      </nav>
      <label class="record" title="Saves each click as a file, for: understudy action try">
        <input type="checkbox" id="record" /> Record clicks
      </label>
      <form class="who" method="get" action="${context.here.split('?')[0] ?? '/'}">
        <label for="as">Signed in to ShotGrid as</label>
        <select id="as" name="as">
          ${people.map((row) => {
            const login = textOf(row, 'login');
            return html`<option value="${login}" ${row.id === person.id ? html`selected` : null}>${login}</option>`;
          })}
        </select>
        <noscript><button>Switch</button></noscript>
      </form>
    </header>
    <main
      id="site"
      data-page="${data.page}"
      data-type="${data.type}"
      data-sort="${data.sort}"
      data-title="${title}"
      data-person="${textOf(person, 'login')}"
      data-session="${sessionUuid}"
    >
      ${content}
    </main>
    ${menuTemplate(menu)}`;
  return shell(title, body, html`<script type="module" src="/_assets/page.js"></script>`);
}

/** Items without a folder first, then each folder under its name. */
function menuTemplate(menu: readonly MenuEntry[]): Html {
  const folders = [...new Set(menu.map((item) => item.folder))].sort((a, b) =>
    a === null ? -1 : b === null ? 1 : a.localeCompare(b),
  );
  const entry = (item: MenuEntry) =>
    html`<button
      type="button"
      role="menuitem"
      data-menu-item="${item.title}"
      data-item-id="${item.id}"
      data-needs-selection="${item.selectionRequired ? 'yes' : 'no'}"
      data-overlay="${item.overlay ? 'yes' : 'no'}"
      data-poll="${item.poll ? 'yes' : 'no'}"
      tabindex="-1"
    >
      ${item.title}
    </button>`;
  return html`<div id="menu" class="menu" role="menu" aria-label="Actions" hidden>
      ${folders.map(
        (folder) =>
          html`${folder === null ? null : html`<p class="folder" role="presentation">${folder}</p>`}${menu.filter((item) => item.folder === folder).map(entry)}`,
      )}
      ${menu.length === 0 ? html`<p class="empty">No actions for you here.</p>` : null}
    </div>
    <dialog id="overlay" class="overlay" aria-label="Action">
      <form method="dialog"><span id="overlay-title"></span><button aria-label="Close">&#10005;</button></form>
      <iframe name="action-overlay" title="Action"></iframe>
    </dialog>
    <div id="toast" class="toast" role="status" aria-live="polite" hidden></div>`;
}

function displayProject(state: SiteState): string {
  const [project] = state.store.all('Project');
  return project ? displayName(state.store, project) : '';
}

function shell(title: string, body: Html, scripts: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="dark light" />
        <title>${title} - ShotGrid (studio in a box)</title>
        <link rel="icon" href="/_assets/icon.svg" />
        <link rel="stylesheet" href="/_assets/site.css" />
        ${scripts}
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}

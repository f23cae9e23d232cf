/** The provider's pages: plain HTML, no script. What comes from outside is escaped by `html`. */
import type { IdpPerson } from './people.ts';

/** Text that is already HTML. */
class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const AUTOFOCUS = new Html('autofocus');

type Part = string | Html | readonly Html[];

export function signInPage(page: {
  readonly action: string;
  readonly cancel: string;
  readonly login: string;
  readonly problem?: string;
  readonly people: readonly IdpPerson[];
}): string {
  const problem = page.problem === undefined ? '' : html`<p class="problem" role="alert">${page.problem}</p>`;
  const people = page.people.map(
    (person) =>
      html`<li>
        <button name="person" value="${person.login}" data-person="${person.login}">
          <span class="who">Sign in as <b>${person.login}</b></span>
          <span class="about">${person.name} · ${person.about}</span>
        </button>
      </li>`,
  );
  return document(
    'Sign in',
    html`<h1>Sign in</h1>
      <p class="lead">to continue to <b>Understudy</b></p>
      ${problem}
      <form method="post" action="${page.action}" class="credentials">
        <label
          >Login
          <input
            name="login"
            value="${page.login}"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            required
            ${page.login === '' ? AUTOFOCUS : ''}
        /></label>
        <label
          >Password
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            ${page.login === '' ? '' : AUTOFOCUS}
        /></label>
        <div class="row">
          <a href="${page.cancel}" data-cancel>Cancel</a>
          <button type="submit" class="primary">Sign in</button>
        </div>
      </form>
      <form method="post" action="${page.action}" class="people" aria-label="Demo people">
        <h2>Or be one of the demo people</h2>
        <ul>
          ${people}
        </ul>
      </form>`,
  );
}

/** @param form - The provider's own form, id `op.logoutForm`, as HTML. */
export function signOutPage(form: string): string {
  return document(
    'Sign out',
    html`<h1>Sign out of the studio?</h1>
      <p class="lead">You will have to sign in again wherever you were signed in with this account.</p>
      ${new Html(form)}
      <div class="row">
        <button type="submit" form="op.logoutForm" data-stay>Stay signed in</button>
        <button type="submit" form="op.logoutForm" name="logout" value="yes" class="primary" autofocus>Sign out</button>
      </div>`,
  );
}

export function signedOutPage(): string {
  return document(
    'Signed out',
    html`<h1>You are signed out</h1>
      <p class="lead">You can close this page.</p>`,
  );
}

export function errorPage(code: string, description: string): string {
  return document(
    'Sign-in is not possible',
    html`<h1>Sign-in is not possible</h1>
      <p class="lead">${description}</p>
      <p class="problem"><code>${code}</code></p>
      <p>Go back to where you came from and start again.</p>`,
  );
}

export function homePage(people: readonly IdpPerson[]): string {
  const rows = people.map(
    (person) =>
      html`<tr>
        <td><b>${person.login}</b></td>
        <td>${person.name}</td>
        <td>${person.groups.join(', ')}</td>
      </tr>`,
  );
  return document(
    'Identity provider',
    html`<h1>The studio’s identity provider</h1>
      <p class="lead">
        Services send people here to sign in; there is nothing else to do. The password of each is the login.
      </p>
      <table>
        ${rows}
      </table>`,
  );
}

function document(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Studio identity</title>
        <link rel="stylesheet" href="/idp.css" />
      </head>
      <body>
        <main>
          <header><span class="mark" aria-hidden="true"></span> Studio identity</header>
          ${body}
        </main>
        <footer>
          A real OpenID Provider for trying things out. Everything here is made up and forgotten when it stops.
        </footer>
      </body>
    </html>`.text;
}

function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, piece, index) => text + render(parts[index - 1] ?? '') + piece));
}

function render(part: Part): string {
  if (typeof part === 'string') return escape(part);
  if (part instanceof Html) return part.text;
  return part.map((one) => one.text).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

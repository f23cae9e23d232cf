/** What `npm run demo` says once everything runs: where to click, who to be. */
import type { Facts } from './facts.ts';

/** @param style.bold - Wraps a text for the terminal; the identity where colours are unwanted. */
export function welcomeText(
  facts: Facts,
  style: { readonly bold: (text: string) => string; readonly hints?: readonly string[] | undefined },
): string {
  const { bold, hints = [] } = style;
  const people = facts.people.map(({ login, name, about }) => [login, name, about] as const);
  const loginWidth = widest(people.map(([login]) => login));
  const nameWidth = widest(people.map(([, name]) => name));
  return [
    '',
    `  ${bold('Understudy is running')}, with a studio around it. Ctrl-C stops and forgets everything.`,
    '',
    `  1  Open the ShotGrid page          ${bold(facts.site)}   (you are artist there)`,
    `  2  Select Versions, right-click    ${bold('Approve')}`,
    `  3  Sign in, look, confirm          as ${bold('artist')}; for all of them the password is the login`,
    '',
    '  Be somebody else by being the same person on both pages:',
    '',
    ...people.map(
      ([login, name, about]) => `       ${bold(login.padEnd(loginWidth))}   ${name.padEnd(nameWidth)}   ${about}`,
    ),
    ...hints.flatMap((hint) => ['', `  ${hint}`]),
    '',
    `  Audit log           ${facts.server}/audit   (be auditor)`,
    `  Identity provider   ${facts.idp}/`,
    '  All the facts       .demo/facts.json',
    '  Its configuration   .demo/understudy.env',
    "  The server's log    .demo/server.log",
    '',
  ].join('\n');
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}

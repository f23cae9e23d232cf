/**
 * Signing in on the site's own pages, in a browser window of its own, for sites without the app session launcher. ShotGrid: `/auth/renew`
 * leads through whatever sign-in the site has to `/auth/landing`; then `_session_id` is the session and `shotgun_current_user_login` whose.
 */
import type { Browser, BrowserContext, Cookie, Frame, Page } from 'playwright-core';
import { AuthenticationCancelledError, AuthenticationError } from '../shotgrid/authenticator/errors.ts';
import { proxyUrl } from '../shotgrid/authenticator/host.ts';

export type WebSignIn = {
  readonly host: string;
  /** Put into the site's form, where it takes that. */
  readonly login: string | undefined;
  readonly httpProxy: string | undefined;
  /** Full path of a Chrome, Chromium or Edge. */
  readonly browser: string;
};

/** Longer than anybody takes to find their phone. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Opens a window that knows nobody, and closes it once somebody has signed in.
 *
 * @throws {@link AuthenticationCancelledError} when the window is closed, {@link AuthenticationError} when it leads nowhere.
 */
export async function signInByWindow({ host, login, httpProxy, browser: executablePath }: WebSignIn) {
  // Loaded here: no other command needs it.
  const { chromium } = await import('playwright-core');
  const browser = await chromium
    .launch({ executablePath, headless: false, ...(httpProxy === undefined ? {} : { proxy: proxyOf(httpProxy) }) })
    .catch((error: unknown) => {
      throw new AuthenticationError('site_unreachable', `${executablePath} does not open a window.`, { cause: error });
    });
  try {
    const context = await browser.newContext({ viewport: null });
    const landed = untilLanded(browser, context, host);
    // Told by the one that ends first; the other must not end the program.
    landed.catch(() => undefined);
    await goToSignIn(await context.newPage(), host, login);
    await landed;
    return sessionIn(await context.cookies(host), host);
  } finally {
    await browser.close();
  }
}

async function goToSignIn(page: Page, host: string, login: string | undefined): Promise<void> {
  const query = new URLSearchParams({ product: 'understudy', ...(login === undefined ? {} : { email: login }) });
  await page.goto(`${host}/auth/renew?${query.toString()}`).catch((error: unknown) => {
    if (page.isClosed()) throw new AuthenticationCancelledError('The window was closed.');
    const why = /net::(ERR_\w+)/.exec(error instanceof Error ? error.message : '')?.[1];
    // Going on to the next page while this one loads is no failure.
    if (why === undefined || why === 'ERR_ABORTED') return;
    throw new AuthenticationError('site_unreachable', `${host}: the page did not open (${why}).`);
  });
}

/** Resolves when a page of the window is at the landing; rejects when no page is left, or nobody comes. */
function untilLanded(browser: Browser, context: BrowserContext, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new AuthenticationCancelledError('Nobody signed in.')), PATIENCE_MS);
    const givenUp = (): void => settle(() => reject(new AuthenticationCancelledError('The window was closed.')));
    function settle(how: () => void): void {
      clearTimeout(timer);
      how();
    }
    browser.on('disconnected', givenUp);
    context.on('page', (page) => {
      page.on('framenavigated', (frame: Frame) => {
        if (frame === page.mainFrame() && isLanding(frame.url(), host)) settle(resolve);
      });
      page.on('close', () => {
        if (context.pages().length === 0) givenUp();
      });
    });
  });
}

function isLanding(text: string, host: string): boolean {
  const url = URL.parse(text);
  return url?.origin === host && /^\/auth\/landing(?:\/|$)/.test(url.pathname);
}

function sessionIn(
  cookies: readonly Cookie[],
  host: string,
): { readonly sessionToken: string; readonly login: string } {
  const value = (name: string): string => cookies.find((cookie) => cookie.name === name)?.value ?? '';
  const [sessionToken, login] = [value('_session_id'), decoded(value('shotgun_current_user_login'))];
  if (sessionToken !== '' && login !== '') return { sessionToken, login };
  throw new AuthenticationError('session_ended', `${host} signed somebody in, but does not say who.`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function proxyOf(httpProxy: string): {
  readonly server: string;
  readonly username?: string;
  readonly password?: string;
} {
  const { origin, username, password } = new URL(proxyUrl(httpProxy));
  if (username === '') return { server: origin };
  return { server: origin, username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

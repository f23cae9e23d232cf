/**
 * The studio's identity provider, in this process, in memory, on loopback.
 * Understudy meets it over HTTP only; the controls below are for tests and the demo.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdapterPayload, Provider } from 'oidc-provider';
import { createInteraction, sendHtml } from './interaction.ts';
import { createMemoryStore } from './memory-adapter.ts';
import { errorPage, homePage } from './pages.ts';
import { DEMO_PEOPLE, type IdpPerson } from './people.ts';
import { createProvider, createSigningKey, type IdpClient } from './provider.ts';
import { installTokenBender, shiftTimes, signToken, type BendClaims, type TokenClaims } from './token-bender.ts';

export type IdpOptions = {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Path of the issuer, such as `/realms/studio`; none by default. */
  readonly issuerPath?: string;
  readonly client: IdpClient;
  readonly people?: readonly IdpPerson[];
  /** Other services of the studio, for which people's tokens may be exchanged; one called `pipeline` by default. */
  readonly services?: readonly string[];
};

export type Idp = {
  /** The issuer, exactly as OIDC_ISSUER_URL must say it. */
  readonly url: string;
  readonly people: readonly IdpPerson[];
  /** Down from now on: connections are dropped, or with `hang` accepted and never answered. */
  readonly pause: (how?: 'drop' | 'hang') => void;
  readonly resume: () => void;
  /** ID tokens made from now on come from a clock that is this far ahead; negative: behind; 0: right again. */
  readonly setClockSkew: (seconds: number) => void;
  /** ID tokens made from now on have their claims changed; without an argument: honest again. */
  readonly bendIdTokens: (bend?: BendClaims) => void;
  /** Ends this person's sessions at the provider. */
  readonly signOut: (login: string) => void;
  /** The same, and tells the service by the back channel, as an administrator's "sign out everywhere" does. */
  readonly signOutEverywhere: (login: string) => Promise<void>;
  /** The provider's ids of this person's sessions with the service, oldest first. */
  readonly sidsOf: (login: string) => readonly string[];
  /** A logout token that says what it is told to, signed with the provider's own key. */
  readonly signLogoutToken: (claims: TokenClaims, header?: TokenClaims) => string;
  /** Forgets all sessions, codes and grants, and everything set above. */
  readonly reset: () => void;
  readonly close: () => Promise<void>;
};

const STYLES = readFileSync(new URL('./assets/idp.css', import.meta.url));

/** @throws when the port is taken (`EADDRINUSE`). */
export async function startIdp(options: IdpOptions): Promise<Idp> {
  const { client, host = '127.0.0.1', issuerPath: base = '', people = DEMO_PEOPLE } = options;
  const { services = ['pipeline'] } = options;
  const signingKey = await createSigningKey();
  const store = createMemoryStore();
  let down: 'drop' | 'hang' | undefined;
  let skewSeconds = 0;
  let bend: BendClaims = (claims) => claims;

  const server = createServer();
  await listen(server, options.port ?? 0, host);
  const { port } = server.address() as AddressInfo;
  const url = `http://${host}:${port}${base}`;
  const provider = createProvider({ issuer: url, client, people, store, signingKey, services });
  installTokenBender(provider, signingKey, () => (claims) => bend(shiftTimes(claims, skewSeconds)));
  const answer = createAnswer(provider, people, base);

  server.on('connection', (socket) => {
    if (down === 'drop') socket.destroy();
  });
  server.on('request', (request, response) => {
    if (down === 'hang') return;
    // A clock that is wrong is wrong in everything that the provider says.
    if (skewSeconds !== 0) response.setHeader('date', new Date(Date.now() + skewSeconds * 1000).toUTCString());
    answer(request, response).catch(() => {
      if (!response.headersSent) sendHtml(response, 500, errorPage('server_error', 'The provider failed.'));
      else response.destroy();
    });
  });

  function subjectOf(login: string): string {
    const person = people.find((one) => one.login === login);
    if (person === undefined) throw new Error(`no such person at the provider: ${login}`);
    return person.subject;
  }

  function resume(): void {
    if (down === 'hang') server.closeAllConnections();
    down = undefined;
  }

  return {
    url,
    people,
    pause(how = 'drop') {
      down = how;
      if (how === 'drop') server.closeAllConnections();
    },
    resume,
    setClockSkew(seconds) {
      skewSeconds = seconds;
    },
    bendIdTokens(change = (claims) => claims) {
      bend = change;
    },
    signOut(login) {
      store.endSessionsOf(subjectOf(login));
    },
    sidsOf: (login) => store.sessionsOf(subjectOf(login)).flatMap((session) => sidOf(session, client.clientId) ?? []),
    signLogoutToken: (claims, header = {}) => signToken(signingKey, { typ: 'logout+jwt', ...header }, claims),
    async signOutEverywhere(login) {
      const subject = subjectOf(login);
      const service = (await provider.Client.find(client.clientId)) as unknown as ToldClient;
      const sids = store.endSessionsOf(subject).flatMap((session) => sidOf(session, client.clientId) ?? []);
      await Promise.all(sids.map((sid) => service.backchannelLogout(subject, sid)));
    },
    reset() {
      store.clear();
      skewSeconds = 0;
      bend = (claims) => claims;
      resume();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A part of the library that its types do not tell of. */
type ToldClient = { backchannelLogout(subject: string, sid: string): Promise<void> };

/** The id that the session has for this client, as it stands in its ID tokens. */
function sidOf(session: AdapterPayload, clientId: string): string | undefined {
  return session.authorizations?.[clientId]?.sid;
}

function createAnswer(provider: Provider, people: readonly IdpPerson[], base: string) {
  const interaction = createInteraction(provider, people, base);
  const protocol = provider.callback();

  return async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Providers do not let themselves be framed; a stand-in that did would hide what happens in an overlay.
    response.setHeader('x-frame-options', 'DENY');
    // The provider adds the hash of its one script (a form that submits itself) to script-src when that is there.
    const policy = "default-src 'none'; style-src 'self'; script-src 'self'; frame-ancestors 'none'";
    response.setHeader('content-security-policy', policy);
    response.setHeader('referrer-policy', 'no-referrer');
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/idp.css') {
      response.writeHead(200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=3600' });
      response.end(STYLES);
    } else if (path === '/favicon.ico') {
      response.writeHead(204).end();
    } else if (path === `${base}/`) {
      sendHtml(response, 200, homePage(people));
    } else if (!path.startsWith(`${base}/`)) {
      sendHtml(response, 404, errorPage('not_found', 'There is no such page.'));
    } else {
      // The provider finds out where it is mounted by comparing the two.
      Object.assign(request, { originalUrl: request.url, url: (request.url ?? '').slice(base.length) });
      if (path.startsWith(`${base}/interaction/`)) await interaction(request, response);
      else await protocol(request, response);
    }
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

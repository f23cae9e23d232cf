/** Stands between server and site and may alter what the server asks for, as a careless proxy or an odd site would. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Gateway = {
  readonly url: string;
  /** As it must stand in `server_hostname`. */
  readonly host: string;
  /** Where to pass everything on to; must be set before the first request. */
  target: string;
  /** Alters the form that asks the site for a token. */
  alterTokenForm: (form: URLSearchParams) => void;
  /** Access tokens that the site gave. */
  readonly tokens: readonly string[];
  /** Session tokens of people who approved. */
  readonly sessionTokens: readonly string[];
  close(): Promise<void>;
};

export async function startGateway(): Promise<Gateway> {
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tokens: string[] = [];
  const sessionTokens: string[] = [];
  const gateway: Gateway = {
    url: `http://${host}`,
    host,
    target: '',
    alterTokenForm: () => undefined,
    tokens,
    sessionTokens,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return gateway;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    let body = await text(request);
    if (path.endsWith('/auth/access_token')) {
      const form = new URLSearchParams(body);
      gateway.alterTokenForm(form);
      body = form.toString();
    }
    const { accept = '*/*', authorization, 'content-type': contentType } = request.headers;
    const answer = await fetch(`${gateway.target}${path}`, {
      method: request.method ?? 'GET',
      headers: {
        accept,
        ...(authorization === undefined ? {} : { authorization }),
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === '' ? {} : { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    const answered = await answer.text();
    const token = /"access_token":"([^"]+)"/.exec(answered)?.[1];
    if (token !== undefined) tokens.push(token);
    const sessionToken = /"sessionToken":"([^"]+)"/.exec(answered)?.[1];
    if (sessionToken !== undefined) sessionTokens.push(sessionToken);
    response.end(answered);
  }
}

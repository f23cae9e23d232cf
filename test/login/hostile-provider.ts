/**
 * An attacker who plays identity provider, or sits in its place: answers and signs whatever a test wants.
 * Not a stand-in: honest sign-ins are tried against the real provider of the studio.
 */
import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoginAttempt } from '../../src/login/relying-party.ts';

export type Json = Record<string, unknown>;

/** What is wrong; everything not named is as an honest provider would have it. */
export type Lies = {
  readonly discovery?: (honest: Json) => Json;
  readonly header?: (honest: Json) => Json;
  readonly claims?: (honest: Json) => Json;
  /** Given the signing input, the signature in base64url. */
  readonly signature?: (input: string) => string;
  /** The whole ID token, or none at all. */
  readonly idToken?: (honest: string) => string | undefined;
  /** Takes over the answer of the token endpoint. */
  readonly token?: (response: ServerResponse) => void;
  readonly keys?: (response: ServerResponse) => void;
};

export type HostileProvider = {
  readonly url: string;
  lies: Lies;
  /** Bodies received by the token endpoint. */
  readonly tokenRequests: { readonly form: URLSearchParams; readonly authorization: string | undefined }[];
  /** How often each path was asked for. */
  readonly asked: Map<string, number>;
  /** The callback URL as the browser of somebody who signed in would request it. */
  readonly answer: (url: URL, attempt: LoginAttempt, change?: (query: URLSearchParams) => void) => URL;
  readonly publicKeyPem: string;
  readonly stop: () => Promise<void>;
};

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A valid signature, but by a key that is not in the key set. */
export function signedByStranger(input: string): string {
  return rs256(input, stranger.privateKey);
}

/** The old confusion: the public key used as an HMAC secret. */
export function hmacWith(secret: string): (input: string) => string {
  return (input) => createHmac('sha256', secret).update(input).digest('base64url');
}

export async function startHostileProvider(): Promise<HostileProvider> {
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let attempt: LoginAttempt | undefined;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', url).pathname;
    provider.asked.set(path, (provider.asked.get(path) ?? 0) + 1);
    const { lies } = provider;
    if (path === '/.well-known/openid-configuration') sendJson(response, (lies.discovery ?? same)(description(url)));
    else if (path === '/jwks') {
      if (lies.keys) lies.keys(response);
      else
        sendJson(response, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] });
    } else if (path === '/token') {
      const form = new URLSearchParams(await bodyOf(request));
      provider.tokenRequests.push({ form, authorization: request.headers.authorization });
      if (lies.token) lies.token(response);
      else sendJson(response, { access_token: 'a', token_type: 'Bearer', id_token: idToken(lies) });
    } else response.writeHead(404).end();
  }

  function idToken(lies: Lies): string | undefined {
    const seconds = Math.floor(Date.now() / 1000);
    const header = { alg: 'RS256', kid: 'k1', typ: 'JWT' };
    const claims = {
      iss: url,
      sub: 'person-1',
      aud: 'understudy',
      iat: seconds,
      exp: seconds + 300,
      nonce: attempt?.nonce,
      preferred_username: 'artist',
    };
    const input = `${encode((lies.header ?? same)(header))}.${encode((lies.claims ?? same)(claims))}`;
    const token = `${input}.${(lies.signature ?? ((text) => rs256(text, privateKey)))(input)}`;
    return lies.idToken ? lies.idToken(token) : token;
  }

  const provider: HostileProvider = {
    url,
    lies: {},
    tokenRequests: [],
    asked: new Map(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    answer(authorizationUrl, made, change) {
      attempt = made;
      const callback = new URL(authorizationUrl.searchParams.get('redirect_uri') ?? '');
      callback.search = new URLSearchParams({ code: 'c0de', state: made.state, iss: url }).toString();
      change?.(callback.searchParams);
      return callback;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return provider;
}

function description(url: string): Json {
  return {
    issuer: url,
    authorization_endpoint: `${url}/auth`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
  };
}

function same(value: Json): Json {
  return value;
}

function encode(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function rs256(input: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(input), key).toString('base64url');
}

export function sendJson(response: ServerResponse, body: Json, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

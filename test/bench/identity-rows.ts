/**
 * People acting through one server: what their first and their second act cost, and 200 of them at once, against a client that keeps
 * neither connections nor access tokens. An act is one read, as the person, of a site as slow as a measured one.
 */
import { fork } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Client } from 'undici';
import { createShotgrid, type Shotgrid } from '../../src/shotgrid/client.ts';
import type { EngineSite } from '../runs/engine.ts';
import type { Row } from './table.ts';

const PEOPLE = 200;
const CONNECTIONS = 8;
/** Of a measured site's slowness, so that 200 people take seconds. */
const LATENCY = 0.1;
const CROWD = `${PEOPLE} people at once, over ${CONNECTIONS} connections`;
const CROWD_AGAIN = `${CROWD}, again`;

type Measured = { readonly ms: number; readonly calls: number; readonly handshakes: number };
type Act = (login: string) => Promise<void>;

export async function measureIdentities(): Promise<readonly Row[]> {
  const child = fork(new URL('./site-process.ts', import.meta.url));
  let shotgrid: Shotgrid | undefined;
  try {
    const [site] = (await once(child, 'message')) as [EngineSite];
    const logins = await makePeople(site);
    await tellStudio(site, 'latency', { factor: LATENCY });
    const made = createShotgrid({ siteUrl: site.url, ...site, connections: CONNECTIONS, now: () => new Date() });
    shotgrid = made;
    const ours: Act = async (login) => {
      await made.asPerson({ login }).find('Version', 6933, ['code']);
    };
    const bare: Act = (login) => actAlone(site, login);

    const [one = '', ...others] = logins;
    const first = await measure(site, [one], ours);
    const second = await measure(site, [one], ours);
    const [bareFirst, bareSecond] = [await measure(site, [one], bare), await measure(site, [one], bare)];
    const [all, bareAll] = [await measure(site, others, ours), await measure(site, others, bare)];
    const again = await measure(site, others, ours);
    return [
      ...compare('first act of a person', first, bareFirst),
      ...compare('second act of the same person', second, bareSecond, second.calls === 1 && second.handshakes === 0),
      ...compare(CROWD, all, bareAll, all.handshakes <= CONNECTIONS),
      ...compare(CROWD_AGAIN, again, bareAll, again.calls === PEOPLE && again.handshakes === 0),
    ];
  } finally {
    await shotgrid?.close();
    child.disconnect();
  }
}

function compare(what: string, ours: Measured, bare: Measured, met?: boolean): readonly Row[] {
  const told = ({ ms, calls, handshakes }: Measured): string =>
    `${ms.toFixed(0)} ms, ${count(calls, 'call')}, ${count(handshakes, 'connection')}`;
  return [
    { what, measured: told(ours), ...(met === undefined ? { budget: '' } : { budget: BUDGETS[what] ?? '', met }) },
    { what: '  without pool and cache', measured: told(bare), budget: '' },
  ];
}

const BUDGETS: Readonly<Record<string, string>> = {
  'second act of the same person': '1 call, 0 connections',
  [CROWD]: `≤ ${CONNECTIONS} connections`,
  [CROWD_AGAIN]: `${PEOPLE} calls, 0 connections`,
};

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

/** Handshakes of any client in this process; calls as the site counts them. */
async function measure(site: EngineSite, logins: readonly string[], act: Act): Promise<Measured> {
  await fetchStudio(site, 'calls', 'DELETE');
  let handshakes = 0;
  const count = (): void => void (handshakes += 1);
  subscribe('undici:client:connected', count);
  const started = performance.now();
  await Promise.all(logins.map(act));
  const ms = performance.now() - started;
  unsubscribe('undici:client:connected', count);
  const calls = (await (await fetchStudio(site, 'calls', 'GET')).json()) as readonly unknown[];
  return { ms, calls: calls.length, handshakes };
}

/** As a script does it that is written for one act: a token, a read, and a connection for each. */
async function actAlone(site: EngineSite, login: string): Promise<void> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: site.scriptName,
    client_secret: site.scriptKey,
    scope: `sudo_as_login:${login}`,
  });
  const token = await alone(site, 'POST', '/api/v1/auth/access_token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  const { access_token: accessToken } = token as { readonly access_token: string };
  await alone(site, 'GET', '/api/v1/entity/Version/6933?fields=code', {
    headers: { authorization: `Bearer ${accessToken}` },
  });
}

async function alone(
  site: EngineSite,
  method: 'GET' | 'POST',
  path: string,
  more: { readonly headers: Record<string, string>; readonly body?: string },
): Promise<unknown> {
  const client = new Client(site.url);
  try {
    const { statusCode, body } = await client.request({ method, path, ...more });
    if (statusCode !== 200) throw new Error(`${method} ${path}: ${statusCode}`);
    return await body.json();
  } finally {
    await client.close();
  }
}

/** @returns Their logins: one for the acts of a single person, and as many others as act at once. */
async function makePeople(site: EngineSite): Promise<readonly string[]> {
  const logins = Array.from({ length: PEOPLE + 1 }, (_, index) => `person-${index}`);
  const script = createShotgrid({ siteUrl: site.url, ...site, now: () => new Date() });
  try {
    await script.asScript().batch(
      logins.map((login) => ({
        operation: 'create',
        entityType: 'HumanUser',
        data: { login, firstname: login, sg_status_list: 'act' },
      })),
    );
    for (const login of logins) await tellStudio(site, 'flag', { login, on: true });
    return logins;
  } finally {
    await script.close();
  }
}

async function tellStudio(site: EngineSite, what: string, body: object): Promise<void> {
  await fetchStudio(site, what, 'POST', JSON.stringify(body));
}

async function fetchStudio(site: EngineSite, what: string, method: string, body?: string): Promise<Response> {
  const answer = await fetch(`${site.url}/_studio/${what}`, { method, ...(body === undefined ? {} : { body }) });
  if (!answer.ok) throw new Error(`the studio refuses ${method} ${what}`);
  return answer;
}

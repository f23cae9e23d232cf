/** A person handed to a worker by the action they clicked: sealed, recorded, for minutes, and nobody but that person. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { unseal } from '../../src/shotgrid/authenticator/sealed-user.ts';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const KEY = 'a key that the farm and the server share';
const WORKER = fileURLToPath(new URL('../shotgrid/authenticator/worker.ts', import.meta.url));
const ACTIONS = fileURLToPath(new URL('./hand-off-actions/', import.meta.url));

let server: TestServer;
let auditor: Auditor;
beforeAll(async () => {
  server = await startTestServer({
    environment: { ACTIONS_DIR: ACTIONS, HAND_OFF_KEY: KEY },
    studio: {
      menuItems: (url, secretToken) =>
        ['hand-over', 'take-anyway'].map((id) => ({
          title: id,
          url: `${url}/ami/${id}`,
          entityType: 'Version',
          secretToken,
          selectionRequired: true,
        })),
    },
  });
  auditor = createAuditor(server);
});
afterAll(() => server.close());

async function click(login: string, id: string): Promise<Answer> {
  const person = createPerson(server, login);
  return person.follow(await person.send(await person.formFor([6933], id), `/ami/${id}`));
}

const sealedIn = (page: Answer): string => /[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+/.exec(page.text)?.[0] ?? '';

function work(sealed: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const env = { FARM_KEY: KEY, HOME: '/nonexistent', PATH: process.env['PATH'] };
    const child = execFile(process.execPath, [WORKER], { env, timeout: 30_000 }, (_, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr));
      else resolve(JSON.parse(stdout));
    });
    child.stdin?.end(sealed);
  });
}

it('acts in another process as the person who clicked, and the log has said so before', async () => {
  const sealed = sealedIn(await click('artist', 'hand-over'));
  const [record] = await auditor.records({ type: 'person.handed_off' });
  expect(record).toMatchObject({
    actionId: 'hand-over',
    person: { login: 'artist', proven: true },
    outcome: 'success',
  });
  expect(await work(sealed)).toEqual({ login: 'artist', kind: 'lent' });
  expect(server.studio.site.rows('Version').find(({ id }) => id === 6933)).toMatchObject({
    sg_status_list: 'apr',
    updated_by: { type: 'HumanUser', id: 24 },
  });
}, 60_000);

it('has neither the script’s key nor a session inside, and ends with its token', async () => {
  const sealed = sealedIn(await click('manager', 'hand-over'));
  const opened = await unseal(sealed, { key: KEY, now: () => new Date() });
  expect(Object.keys(opened).sort()).toEqual(['accessToken', 'expiresAt', 'host', 'httpProxy', 'is', 'login']);
  expect(JSON.stringify(opened)).not.toContain(server.studio.facts.scriptKey);
  const late = { key: KEY, now: () => new Date(Date.now() + 601_000) };
  await expect(unseal(sealed, late)).rejects.toMatchObject({ code: 'sealed_user_invalid' });
  if (opened.is === 'lent') expect(server.lines.join('\n')).not.toContain(opened.accessToken);
});

it('is nothing that an action gets without saying so', async () => {
  expect((await click('artist', 'take-anyway')).status).toBe(502);
});

it('is not made when it cannot be recorded, nor for somebody who may not be acted for', async () => {
  const page = await click('artist.flag-off', 'hand-over');
  expect(sealedIn(page)).toBe('');
  expect((await auditor.records({ type: 'person.handed_off', person: 'artist.flag-off' })).length).toBe(0);
});

it('needs a key on the server: without one the action does not load, and the server does not start', async () => {
  await server.drain();
  await expect(server.start({ HAND_OFF_KEY: '' })).rejects.toThrow('HAND_OFF_KEY');
  await expect(server.start({ HAND_OFF_KEY: 'short' })).rejects.toThrow('HAND_OFF_KEY');
  await server.start();
}, 60_000);

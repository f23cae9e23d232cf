/** One action, written in each kind: whatever it is written in, the same journeys end in the same way. */
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSecret } from '../../infra/studio/start.ts';
import { json, startService, type Received, type Service } from '../actions/remote/service.ts';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson, type Fields, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const KINDS = ['yaml', 'typescript', 'remote'] as const;
const SECRET = newSecret();
const IDS = [6933, 6934, 6935];

const files = fileURLToPath(new URL('./kind-actions/', import.meta.url));
let folder: string | undefined;
let service: Service | undefined;
let server: TestServer | undefined;
let auditor: Auditor;
let artist: Person;
beforeAll(async () => {
  service = await startService(judge);
  folder = await actionsThatAsk(service.origin);
  server = await startTestServer({
    environment: {
      ACTIONS_DIR: folder,
      REMOTE_ORIGINS: service.origin,
      REMOTE_PRIVATE_HOSTS: '127.0.0.1',
      REMOTE_SECRET_JUDGE: SECRET,
    },
    studio: {
      menuItems: (url, secretToken) =>
        KINDS.map((kind) => ({
          title: `Judge, ${kind}`,
          url: `${url}/ami/judge-${kind}`,
          entityType: 'Version',
          secretToken,
          selectionRequired: true,
        })),
    },
  });
  auditor = createAuditor(server);
});
beforeEach(() => {
  site().reset();
  artist = createPerson(running(), 'artist');
});
afterAll(async () => {
  await server?.close();
  await service?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

function running(): TestServer {
  if (server === undefined) throw new Error('no server');
  return server;
}
const site = () => running().studio.site;
const versions = () =>
  IDS.map((id) =>
    site()
      .rows('Version')
      .find((row) => row.id === id)!,
  );
const states = () => versions().map((row) => [row['sg_status_list'], row['description']]);

/** The folder of actions: a link, so that the TypeScript one lies in this package; and the service's real address. */
async function actionsThatAsk(origin: string): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'understudy-kinds-'));
  await copyFile(join(files, 'judge-yaml.yml'), join(made, 'judge-yaml.yml'));
  await symlink(join(files, 'judge-typescript.ts'), join(made, 'judge-typescript.ts'));
  const remote = await readFile(join(files, 'judge-remote.yml'), 'utf8');
  await writeFile(join(made, 'judge-remote.yml'), remote.replace('http://127.0.0.1:9000', origin));
  return made;
}

/** What the studio's own service does with a question. */
function judge(response: ServerResponse, received: Received): void {
  const { rows, form } = JSON.parse(received.body) as {
    readonly rows: readonly { readonly type: string; readonly id: number }[];
    readonly form: { readonly status: string; readonly remark: string };
  };
  const changes = rows.map(({ type, id }) =>
    form.remark === 'overstep'
      ? { kind: 'delete', entityType: type, id }
      : {
          kind: 'update',
          entityType: type,
          id,
          fields: { sg_status_list: form.status, description: form.remark },
        },
  );
  json({ version: 1, changes })(response, received);
}

describe.each(KINDS)('an action written as %s', (kind) => {
  /** Clicks, answers the form, and comes to what follows it. */
  async function preview(person: Person, remark = 'Good light.', ids: readonly number[] = IDS): Promise<Answer> {
    const form = await person.formFor(ids, `Judge, ${kind}`);
    const asked = await person.follow(await person.send(form, `/ami/judge-${kind}`));
    return answer(person, asked, [
      ['status', 'apr'],
      ['remark', remark],
    ]);
  }

  async function answer(person: Person, asked: Answer, answers: Fields): Promise<Answer> {
    const { action, fields } = asked.form('/form');
    return person.follow(await person.post(action, { form: [...fields, ...answers] }));
  }

  it('asks, shows what would change, changes it as the person, and takes it back', async () => {
    const before = site().snapshot();
    const shown = await preview(artist);
    expect(shown.text).toContain('Acting as Alma Ortiz');
    expect(shown.tally).toEqual({ changes: 3 });
    expect(site().snapshot()).toEqual(before);

    const run = await artist.finish(await artist.confirm(shown));
    expect(run).toMatchObject({ actor: { login: 'artist' }, counts: { done: 3 } });
    expect(states()).toEqual(IDS.map(() => ['apr', 'Good light.']));
    expect(site().rows('Version').slice(3)).toEqual(before['Version']?.slice(3));
    const written = site()
      .eventLog()
      .filter(({ attribute_name: field }) => field === 'description');
    expect(written).toMatchObject(
      IDS.map((id) => ({
        entity: { type: 'Version', id },
        user: { type: 'HumanUser', id: 24 },
        meta: { sudo_actual_user: expect.objectContaining({ type: 'ApiUser' }) },
      })),
    );

    const undo = await artist.visit(`/runs/${run.run}/undo`);
    expect(undo.tally).toEqual({ changes: 3 });
    const { action, fields } = undo.form('/undo');
    const undone = await artist.finish(await artist.post(action, { form: fields }));
    expect(undone).toMatchObject({ actor: { login: 'artist' }, counts: { done: 3 } });
    expect(states()).toEqual(before['Version']?.slice(0, 3).map((row) => [row['sg_status_list'], row['description']]));
    const [confirmed] = await auditor.records({ runId: undone.run, type: 'run.confirmed' });
    expect(confirmed).toMatchObject({ person: { login: 'artist' }, details: { undoOf: run.run } });
  });

  it('leaves one story in the log, with both identities, and old and new values', async () => {
    const shown = await preview(artist);
    const run = await artist.finish(await artist.confirm(shown));
    const records = await auditor.records({ launchId: shown.url.pathname.split('/')[2]! });
    expect(records.map(({ type }) => type)).toEqual([
      'run.finished',
      'changes.performed',
      'changes.intended',
      'run.confirmed',
      'plan.made',
      'login.succeeded',
      'click.received',
    ]);
    for (const record of records.filter(({ type }) => type !== 'login.succeeded')) {
      expect(record).toMatchObject({
        actionId: `judge-${kind}`,
        person: { login: 'artist', id: 24 },
        realActor: { type: 'ApiUser', name: 'understudy' },
      });
    }
    expect(records[0]).toMatchObject({ runId: run.run, outcome: 'success' });
    expect(records[2]?.details?.['rows']).toMatchObject(
      IDS.map((id) => ({
        id,
        fields: expect.arrayContaining([{ field: 'description', before: expect.anything(), after: 'Good light.' }]),
      })),
    );
    expect(await auditor.verify()).toMatchObject({ intact: true });
  });

  it('leaves alone what is so already, and has no button when that is everything', async () => {
    site().setField('Version', 6933, 'sg_status_list', 'apr');
    site().setField('Version', 6933, 'description', 'Good light.');
    const some = await preview(artist);
    expect(some.tally).toEqual({ changes: 2, already_so: 1 });
    const run = await artist.finish(await artist.confirm(some));
    expect(run.counts).toMatchObject({ done: 2 });
    expect(
      site()
        .eventLog()
        .filter(({ attribute_name: field }) => field === 'description'),
    ).toHaveLength(2);
    const none = await preview(artist);
    expect(none.tally).toEqual({ changes: 0, already_so: 3 });
    expect(() => none.form('/run')).toThrow('has no form');
  });

  it('does not write over what somebody changed since the preview', async () => {
    const shown = await preview(artist);
    site().setField('Version', 6934, 'description', 'by hand');
    const run = await artist.finish(await artist.confirm(shown));
    expect(run.rows.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'done']);
    expect(run.rows[1]?.detail).toContain('Somebody changed this row since the preview');
    expect(versions()[1]).toMatchObject({ description: 'by hand' });
    const records = await auditor.records({ runId: run.run, type: 'run.finished' });
    expect(records).toMatchObject([{ outcome: 'failed', details: { counts: { done: 2, failed: 1 } } }]);
  });

  it('says which answers cannot be used, and makes no plan of them', async () => {
    const asked = await artist.follow(
      await artist.send(await artist.formFor(IDS, `Judge, ${kind}`), `/ami/judge-${kind}`),
    );
    const before = service!.received.length;
    const refused = await answer(artist, asked, [
      ['status', 'nonsense'],
      ['remark', ''],
    ]);
    expect(refused.text).toContain('2 fields need another look.');
    expect(() => refused.form('/run')).toThrow('has no form');
    expect(service!.received).toHaveLength(before);
    const records = await auditor.records({ launchId: asked.url.pathname.split('/')[2]! });
    expect(records.map(({ code }) => code)).toContain('form_invalid');
  });

  it('does nothing for a person who may not be acted for', async () => {
    const before = service!.received.length;
    const person = createPerson(running(), 'artist.flag-off');
    const form = await person.formFor(IDS, `Judge, ${kind}`);
    const { record } = await auditor.refusal({ code: 'sudo_flag_off', status: 403, type: 'sudo.refused' }, async () =>
      person.follow(await person.send(form, `/ami/judge-${kind}`)),
    );
    expect(record).toMatchObject({ actionId: `judge-${kind}`, person: { login: 'artist.flag-off' } });
    expect(service!.received).toHaveLength(before);
  });

  it('calls unknown what nobody can know, and tries it again when it is told to', async () => {
    const shown = await preview(artist);
    site().inject({ kind: 'drop', path: '_batch' });
    const run = await artist.finish(await artist.confirm(shown));
    expect(run.counts).toMatchObject({ done: 0, unknown: 3 });
    const retry = await artist.visit(`/runs/${run.run}/retry`);
    const { action, fields } = retry.form('/retry');
    const again = await artist.finish(await artist.post(action, { form: fields }));
    expect(again.counts).toMatchObject({ done: 3 });
    expect(states()).toEqual(IDS.map(() => ['apr', 'Good light.']));
  });

  // What a YAML file does is what it announces: only code can say one thing and do another.
  if (kind !== 'yaml') {
    it('is refused whole when its plan oversteps what it announces', async () => {
      const { record } = await auditor.refusal(
        { code: 'plan_outside_declaration', status: 502, type: 'plan.failed' },
        () => preview(artist, 'overstep'),
      );
      expect(record).toMatchObject({ actionId: `judge-${kind}`, person: { login: 'artist', proven: true } });
    });
  }
});

it('tells the service nothing that would let it act by itself', () => {
  const { scriptKey, amiSecretToken } = running().studio.facts;
  expect(service!.received.length).toBeGreaterThan(0);
  for (const question of service!.received) {
    const text = JSON.stringify(question);
    for (const secret of [scriptKey, amiSecretToken, SECRET]) expect(text).not.toContain(secret);
    expect(question.headers['authorization']).toBeUndefined();
  }
});

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startStudio, type Studio } from '../../infra/studio/start.ts';
import { actionCommand } from '../../src/cli/action.ts';
import { createAuthenticator, DefaultsManager } from '../../src/shotgrid/authenticator/public.ts';
import { PYTHON } from '../support/python.ts';
import { runCli, runHere, type Ended } from './run-cli.ts';

const PYTHON_SERVICE = fileURLToPath(new URL('../../infra/examples/python-action/service.py', import.meta.url));

let folder: string;
let studio: Studio;
let ids: readonly number[];
const cleanUp: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-kit-'));
  const cwd = process.cwd();
  process.chdir(folder);
  cleanUp.push(() => process.chdir(cwd));
  studio = await startStudio({ server: 'http://localhost:1' });
  ids = studio.site
    .rows('Version')
    .slice(0, 3)
    .map(({ id }) => id);
  await writeFile(join(folder, 'facts.json'), JSON.stringify(studio.facts));
  await record('artist');
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  await studio.close();
  await rm(folder, { recursive: true });
});

/** A click on the first three Versions, had as a script has it. */
async function record(login: string, title = 'Approve', file = 'click.json'): Promise<void> {
  const { site } = studio;
  const item = site.rows('ActionMenuItem').find((row) => row['title'] === title)?.id;
  await fetch(`${site.url}/_web/launch`, {
    method: 'POST',
    headers: { cookie: `_session_id=${site.openSession(login)}` },
    body: JSON.stringify({ item, page: 4606, type: 'Version', selected: ids, sort: '', session: 'a-window' }),
  });
  await writeFile(join(folder, file), await (await fetch(`${site.url}/_studio/last-click`)).text());
}

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const environment = { ACTIONS_DIR: '.', DEMO_DIRECTORY: '.' };
const machine = () => ({ platform: 'linux', env: {}, home: folder, uid: process.getuid?.() });
/** In this process; where TypeScript is loaded as Node does it, and where it matters what a process leaves, `start` starts one. */
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  runHere((terminal) => actionCommand({ machine: machine(), env: { ...environment, ...env }, ...terminal }), args);
const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  runCli(['action', ...args], { cwd: folder, env: { ...environment, TMPDIR: folder, ...env } });
const trial = (id: string, login: string, more: readonly string[]): readonly string[] => [
  ...['try', id, '--payload', 'click.json', '--as', login],
  ...more,
];
const tryIt = (id: string, login: string, ...more: readonly string[]): Promise<Ended> => run(trial(id, login, more));
const startTrial = (id: string, login: string, ...more: readonly string[]): Promise<Ended> =>
  start(trial(id, login, more));
const statuses = (): unknown[] =>
  ids.map((id) => studio.site.rows('Version').find((row) => row.id === id)?.['sg_status_list']);

describe('understudy action try --as-me', () => {
  /** As "understudy login" leaves it behind. */
  async function signIn(login: string): Promise<string> {
    const host = studio.site.url;
    const prompt = () => Promise.resolve({ host, login, sessionToken: studio.site.openSession(login) });
    const authenticator = createAuthenticator({ defaults: new DefaultsManager(machine()), prompt });
    await authenticator.getUserFromPrompt();
    await authenticator.close();
    return folder;
  }
  const tryAsMe = (...more: readonly string[]): Promise<Ended> =>
    run(['try', 'set-status', '--payload', 'click.json', '--as-me', ...more]);

  it('does it by the person’s own session, though nobody may act for them', async () => {
    await run(['new', 'set-status', '--kind', 'yaml']);
    await signIn('admin.flag-off');
    expect((await tryIt('set-status', 'admin.flag-off')).stderr).toContain('(sudo_flag_off)');
    const args = ['try', 'set-status', '--payload', 'click.json', '--as-me', '--apply', '--form', 'reason=Mine'];
    const applied = await start(args, { HOME: folder });
    expect([applied.code, applied.stderr]).toEqual([0, '']);
    expect(applied.stdout).toContain('as Otto Brandt (admin.flag-off)');
    expect(statuses()).toEqual(['apr', 'apr', 'apr']);
    const changes = studio.site.eventLog().filter((event) => event['event_type'] === 'Shotgun_Version_Change');
    expect(changes.length).toBeGreaterThan(0);
    expect(JSON.stringify(changes)).not.toContain('sudo_actual_user');
  });

  it('says who to be when nobody is signed in there, or both or neither was said', async () => {
    await run(['new', 'set-status', '--kind', 'yaml']);
    const nobody = await tryAsMe();
    expect([nobody.code, nobody.stderr]).toEqual([
      2,
      expect.stringContaining(`understudy login --site ${studio.site.url}`),
    ]);
    const neither = await run(['try', 'set-status', '--payload', 'click.json']);
    expect([neither.code, neither.stderr]).toEqual([2, expect.stringContaining('either --as <login> or --as-me')]);
    await signIn('artist');
    studio.site.reset();
    expect((await tryAsMe()).stderr).toContain('does not accept this session');
  });
});

describe('understudy action try', () => {
  it.each(['yaml', 'typescript'])('shows the plan of a new %s action and changes nothing', async (kind) => {
    await run(['new', 'set-status', '--kind', kind]);
    const before = studio.site.snapshot();
    const { code, stdout, stderr } = await startTrial('set-status', 'artist', '--form', 'reason=Looks good');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Set status (set-status, ${kind}) as Alma Ortiz (artist)`);
    for (const id of ids) {
      expect(stdout).toMatch(new RegExp(`^update Version ${id} .* sg_status_list +rev +apr +allowed$`, 'm'));
    }
    expect(stdout).toMatch(/description .* Looks good \(Alma Ortiz/);
    expect(stdout).toContain('3 changes (3 allowed by ShotGrid).\nNothing was changed');
    expect(studio.site.snapshot()).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.startsWith('understudy-try'))).toEqual([]);
  });

  it('performs it with --apply, as the person, and finds it so the next time', async () => {
    await run(['new', 'set-status', '--kind', 'yaml']);
    const applied = await startTrial('set-status', 'manager', '--apply');
    expect(applied.stdout).toContain('Performed, finished: 3 done.');
    expect(applied.code).toBe(0);
    expect(statuses()).toEqual(['apr', 'apr', 'apr']);
    const [written] = studio.site.rows('Version').filter(({ id }) => id === ids[0]);
    expect(written?.['updated_by']).toEqual({ type: 'HumanUser', id: 25 });
    const again = await tryIt('set-status', 'manager', '--apply');
    expect(again.stdout).toMatch(/is so already\n[^]*Nothing to change; 3 rows left alone\.\n$/);
    expect(again.code).toBe(0);
  });

  it('asks the service of a new remote action, once both know the secret', async () => {
    await run(['new', 'names', '--kind', 'remote']);
    const secret = 'a secret of more than thirty-two letters';
    const url = await startPythonService(secret);
    const text = await readFile(join(folder, 'names.yml'), 'utf8');
    await write('names.yml', text.replaceAll('http://127.0.0.1:9000', url));
    studio.site.setField('Version', ids[1]!, 'code', 'no suffix');

    const args = ['try', 'names', '--payload', 'click.json', '--as', 'artist'];
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('Set REMOTE_SECRET_NAMES to') });
    const wrong = await run(args, { REMOTE_SECRET_NAMES: 'another' });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/\(remote_unavailable\)\n {2}status: status 401\n/);

    const { code, stdout } = await run(args, { REMOTE_SECRET_NAMES: secret });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^update Version ${ids[1]} .* Please rename`, 'm'));
    expect(stdout).toContain('Report: Names of the selected Versions');
    expect(stdout).toMatch(/^ {2}no suffix +should end in _v and three digits$/m);
  });

  it('says beforehand what ShotGrid would refuse, and afterwards that it did', async () => {
    await write('retire.yml', 'title: Retire\nentity_types: [Version]\ndo: [{ delete: selection }]\n');
    const planned = await tryIt('retire', 'artist');
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('3 changes (0 allowed, 3 refused by ShotGrid).');
    const applied = await tryIt('retire', 'artist', '--apply', '--json');
    expect(applied.code).toBe(3);
    const { changes, permissions, run: performed } = JSON.parse(applied.stdout) as Record<string, unknown>;
    expect(permissions).toEqual({ allowed: 0, refused: 3, unchecked: 0 });
    expect(performed).toEqual({ status: 'finished' });
    expect(changes).toEqual(
      ids.map((id) => expect.objectContaining({ kind: 'delete', id, permission: 'refused', outcome: 'refused' })),
    );
  });

  it.each([
    ['artist.flag-off', 'sudo_flag_off', 'Admins Can Perform Actions As'],
    ['inactive', 'sudo_inactive', 'active again'],
    ['retired', 'person_unknown', 'Ask a ShotGrid admin'],
    ['stranger', 'person_unknown', 'Ask a ShotGrid admin'],
  ])('does not act as %s, and says why', async (login, code, remedy) => {
    await run(['new', 'set-status', '--kind', 'yaml']);
    const refused = await tryIt('set-status', login, '--apply');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(`(${code})`);
    expect(refused.stderr).toContain(remedy);
    const { error } = JSON.parse((await tryIt('set-status', login, '--json')).stdout) as { error: { code: string } };
    expect(error.code).toBe(code);
    expect(statuses()).toEqual(['rev', 'rev', 'rev']);
  });

  it.each([
    [['--form', 'statsu=apr'], 'form_invalid', 'no field statsu; its fields: status, reason'],
    [['--form', 'status=nope'], 'form_invalid', 'status: Choose one of the statuses'],
    [['--form', '__proto__=x'], 'form_invalid', 'no field __proto__'],
    [['--form', 'status=apr', '--form', 'status=rev'], 'form_invalid', 'sent more than once'],
  ])('refuses the answers %j', async (answers, code, said) => {
    await run(['new', 'set-status', '--kind', 'yaml']);
    const refused = await tryIt('set-status', 'artist', ...answers);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`(${code})`);
    expect(refused.stderr).toContain(said);
  });

  it('shows authors where their code broke, and what a plan may not do', async () => {
    const head =
      "import { defineAction } from 'understudy/action';\nexport const action = defineAction({ title: 'T', entityTypes: ['Version'], fields: ['code'],\n";
    await write('boom.ts', `${head}plan: () => {\n  throw new Error('boom');\n} });\n`);
    await write(
      'outside.ts',
      `${head}plan: ({ rows }) => ({ changes: rows.map((row) => ({ update: row, set: { code: 'x' } })) }) });\n`,
    );
    await write('shots.ts', `${head.replace('Version', 'Shot')}plan: () => ({}) });\n`);
    const boom = await startTrial('boom', 'artist');
    expect(boom.code).toBe(1);
    expect(boom.stderr).toMatch(/\(action_failed\)\n {2}Error: boom\n.*boom\.ts.*:4:9\)/);
    expect((await startTrial('outside', 'artist')).stderr).toContain('(plan_outside_declaration)');
    expect((await startTrial('shots', 'artist')).stderr).toContain('(action_not_applicable)');
    // Three processes, beside all that other tests do.
  }, 90_000);

  it('lets nothing in a name or a value steer the terminal', async () => {
    studio.site.setField('Version', ids[0]!, 'description', 'red \u001b[31m and\u202e turned\r\nround');
    await write(
      'clear.yml',
      'title: Clear\nentity_types: [Version]\ndo: [{ update: selection, clear: [description] }]\n',
    );
    const { stdout } = await tryIt('clear', 'artist');
    expect(stdout).toContain('red  [31m and  turned round');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('tells what it lacks: studio, click, person, action, in words to act on', async () => {
    await run(['new', 'set-status', '--kind', 'yaml']);
    await write('broken.yml', 'title: B\n');
    await write('list.json', '[]');
    await write('number.json', '{"user_id": 24}');
    await record('artist', 'Approve (light payload)', 'light.json');
    const click = ['--payload', 'click.json', '--as', 'artist'];
    const remote = { ...studio.facts, site: 'https://studio.shotgrid.autodesk.com' };
    await write('elsewhere.json', JSON.stringify(remote));
    for (const [args, said] of [
      [['set-status', '--as', 'artist', '--payload', 'none.json'], '"Record clicks"'],
      [['set-status', '--as', 'artist', '--payload', 'list.json'], 'must be one JSON object'],
      [['set-status', '--as', 'artist', '--payload', 'number.json'], '"user_id" is none'],
      [['set-status', '--as', 'artist', '--payload', 'light.json'], 'is a light click'],
      [['set-status', '--as', 'artist', '--payload', 'set-status.yml'], 'is not JSON'],
      [['set-status', '--as', 'artits', '--payload', 'click.json'], 'did you mean "artist"?'],
      [['set-statsu', ...click], 'did you mean "set-status"?'],
      [['broken', ...click], 'broken.yml: line 1'],
      [['set-status', ...click, '--facts', 'none.json'], 'npm run demo'],
      [['set-status', ...click, '--facts', 'click.json'], 'facts of a studio in a box'],
      [['set-status', ...click, '--facts', 'elsewhere.json'], 'on a stand-in only'],
    ] as const) {
      const { code, stdout, stderr } = await run(['try', ...args]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(said);
      expect(stderr).not.toContain(studio.facts.scriptKey);
    }
  }, 60_000);

  it('says that the studio is gone', async () => {
    await run(['new', 'set-status', '--kind', 'yaml']);
    const closed = await closedPort();
    await write('facts.json', JSON.stringify({ ...studio.facts, site: `http://127.0.0.1:${closed}` }));
    const { code, stderr } = await tryIt('set-status', 'artist');
    expect(code).toBe(2);
    expect(stderr).toContain('does not answer. Start it with "npm run demo"');
  }, 30_000);
});

async function startPythonService(secret: string): Promise<string> {
  const service: ChildProcess = spawn(PYTHON ?? 'python3', [PYTHON_SERVICE], {
    env: { PATH: process.env['PATH'], PORT: '0', REMOTE_SECRET_NAMES: secret },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  cleanUp.push(() => service.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    service.once('error', reject);
    createInterface({ input: service.stdout! }).once('line', (line) => resolve(line.replace('listening on ', '')));
  });
}

async function closedPort(): Promise<number> {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

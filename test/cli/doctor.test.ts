import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSecret } from '../../infra/studio/start.ts';
import { doctorCommand } from '../../src/cli/doctor.ts';
import type { Report } from '../../src/doctor/report.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { runCli, type Ended } from './run-cli.ts';

let server: TestServer;
let folder: string;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-doctor-'));
  server = await startTestServer();
  env = {
    ...server.studio.environment,
    PUBLIC_URL: server.url,
    SESSION_SECRETS: newSecret(),
    DATABASE_URL: server.databaseUrl,
    ACTIONS_DIR: fileURLToPath(new URL('../../actions', import.meta.url)),
  };
}, 60_000);
beforeEach(() => server.studio.site.reset());
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** In this process: most of the time of a command goes into its start. */
async function doctor(changes: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> {
  const ended = { code: 0, stdout: '', stderr: '' };
  const command = doctorCommand({
    env: { ...env, ...changes },
    readFile: (path) => readFileSync(path, 'utf8'),
    now: () => new Date(),
    print: (line) => void (ended.stdout += `${line}\n`),
    printError: (line) => void (ended.stderr += `${line}\n`),
    setExitCode: (code) => void (ended.code = code),
  });
  await command.parseAsync(args, { from: 'user' });
  return ended;
}

describe('understudy doctor', () => {
  it('tells people what it saw and what to do, and keeps secrets to itself', async () => {
    const { code, stdout, stderr } = await runCli(['doctor', '--as', 'artist'], { cwd: folder, env });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^ok {7}Configuration {2,}Every variable is usable\.$/m);
    expect(stdout).toMatch(/^WARNING {2}Admins Can Perform Actions As {2,}It is off for 3 of 7 active people\.$/m);
    expect(stdout).toMatch(/^ +- artist\.flag-off \(Felix Moreau\)$/m);
    expect(stdout).toMatch(/^ +→ Tick it on the page of each person/m);
    expect(stdout).toMatch(/^ok {7}Acting as a person {2,}ShotGrid gave a token for "artist"/m);
    expect(stdout).toMatch(/\n0 failures, 2 warnings, \d+ well, \d+ skipped, in \d+\.\d s\n$/);
    const { SHOTGRID_SCRIPT_KEY, AMI_SECRET_TOKENS, OIDC_CLIENT_SECRET, SESSION_SECRETS } = env;
    for (const secret of [SHOTGRID_SCRIPT_KEY, AMI_SECRET_TOKENS, OIDC_CLIENT_SECRET, SESSION_SECRETS]) {
      expect(stdout).not.toContain(secret);
    }
  });

  it('tells programs the same, and by its exit code how bad it is', async () => {
    const { code, stdout } = await doctor({ SHOTGRID_SCRIPT_KEY: 'the wrong key', SHOTGIRD_URL: 'x' }, '--json');
    const report = JSON.parse(stdout) as Report;
    expect(code).toBe(3);
    expect(report.level).toBe('failure');
    expect(report.checks.filter(({ level }) => level === 'failure').map(({ id }) => id)).toEqual(['script_key']);
    expect(stdout).not.toContain('the wrong key');
  });

  it('tries the claims of a file', async () => {
    const claims = join(folder, 'claims.json');
    await writeFile(claims, JSON.stringify([{ preferred_username: 'a1', email: 'artist@studio.example' }]));
    const { stdout } = await doctor({}, '--json', '--claims', claims);
    const found = (JSON.parse(stdout) as Report).checks.find(({ id }) => id === 'idp_claims');
    expect(found).toMatchObject({ level: 'failure', remedy: expect.stringContaining('OIDC_LOGIN_CLAIM=email') });
  });

  it.each([
    ['[1]', 'holds neither the claims of an ID token nor a list of such'],
    ['eyJhbGciOi', 'cannot be read, or is not JSON'],
  ])('does not look with %s for claims', async (content, message) => {
    const claims = join(folder, 'bad.json');
    await writeFile(claims, content);
    const { code, stdout, stderr } = await doctor({}, '--claims', claims);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('looks at what it can where nothing is set, makes no database, and does not take a misspelt option for a report', async () => {
    const empty = await runCli(['doctor', '--json'], { cwd: folder });
    const { checks } = JSON.parse(empty.stdout) as Report;
    const levels = new Map(checks.map(({ id, level }) => [id, level]));
    expect([empty.code, levels.get('configuration'), levels.get('script_key')]).toEqual([3, 'failure', 'skipped']);
    expect(checks.find(({ id }) => id === 'database')?.saw).toContain('There is no database yet');
    expect(await runCli(['doctor', '--jsn'], { cwd: folder })).toMatchObject({ code: 2, stdout: '' });
  });
});

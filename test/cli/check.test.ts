import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkCommand } from '../../src/cli/check.ts';
import { runCli, runHere, type Ended } from './run-cli.ts';

// Nobody listens at any of these addresses: whoever asked them would fail.
const GOOD = {
  PUBLIC_URL: 'https://understudy.example',
  SHOTGRID_URL: 'https://site.example',
  SHOTGRID_SCRIPT_NAME: 'understudy',
  SHOTGRID_SCRIPT_KEY: 'a script key',
  AMI_SECRET_TOKENS: 'a secret token',
  OIDC_ISSUER_URL: 'https://idp.example',
  OIDC_CLIENT_ID: 'understudy',
  OIDC_CLIENT_SECRET: 'a client secret',
  SESSION_SECRETS: 'a session secret of enough characters',
};
const APPROVE = 'title: Approve\nentity_types: [Version]\nset: { sg_status_list: apr }\n';
const REMOTE = `title: Ask
entity_types: [Version]
remote: { url: 'https://farm.example/plan', secret: REMOTE_SECRET_FARM, fields: [code] }
touches: [{ update: Version, fields: [sg_status_list] }]
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-check-'));
});
afterEach(() => rm(folder, { recursive: true }));

const check = (env: Readonly<Record<string, string>>): Promise<Ended> =>
  runHere((terminal) => checkCommand({ env, readFile: (path) => readFileSync(path, 'utf8'), ...terminal }), []);

describe('understudy check', () => {
  it('says that all is well and which actions there are, without asking anybody', async () => {
    await writeFile(join(folder, 'approve.yml'), APPROVE);
    expect(await runCli(['check'], { cwd: folder, env: { ...GOOD, ACTIONS_DIR: folder } })).toEqual({
      code: 0,
      stdout: 'configuration: no problems\nactions: no problems in 1 (approve)\n',
      stderr: '',
    });
  });

  it('names every problem of the configuration and of the action files in one go', async () => {
    await writeFile(join(folder, 'one.yml'), 'title: One\n');
    await writeFile(join(folder, 'Two.yml'), APPROVE);
    const env = { ...GOOD, PUBLIC_URL: '', SHOTGRID_URL: 'site', ACTIONS_DIR: folder };
    const { code, stderr } = await runCli(['check'], { cwd: folder, env });
    expect(code).toBe(1);
    expect(stderr).toContain('PUBLIC_URL: is required');
    expect(stderr).toContain('SHOTGRID_URL: must be');
    expect(stderr).toContain('one.yml: line 1');
    expect(stderr).toContain('Two.yml: ');
  });

  it('misses the secret tokens that an action names, and sees them once they are set, in a file too', async () => {
    await writeFile(join(folder, 'approve.yml'), `${APPROVE}secret_tokens: AMI_SECRET_TOKENS_APPROVE\n`);
    const env = { ...GOOD, ACTIONS_DIR: folder };
    const missing = await check(env);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('approve.yml: the variable AMI_SECRET_TOKENS_APPROVE is not set');
    const tokens = join(folder, 'tokens');
    await writeFile(tokens, 'a token of its own');
    expect(await check({ ...env, AMI_SECRET_TOKENS_APPROVE_FILE: tokens })).toMatchObject({ code: 0 });
  });

  it('looks for the actions beside a broken configuration too', async () => {
    const { code, stderr } = await check({ ACTIONS_DIR: join(folder, 'nowhere') });
    expect(code).toBe(1);
    expect(stderr).toContain('SESSION_SECRETS: is required');
    expect(stderr).toContain('the folder of action files cannot be read');
  });

  it('names the right spelling of a name that is near to one, and what has no effect', async () => {
    const { SHOTGRID_URL, ...rest } = GOOD;
    const env = { ...rest, SHOTGIRD_URL: SHOTGRID_URL, OIDC_FOO: 'bar', ACTIONS_DIR: folder };
    const { code, stderr, stdout } = await check(env);
    expect(code).toBe(1);
    expect(stderr).toContain('SHOTGIRD_URL: is no variable of this server (did you mean "SHOTGRID_URL"?)');
    expect(stderr).toContain('note: OIDC_FOO is no variable of this server, and has no effect');
    expect(stdout + stderr).not.toMatch(/site\.example|bar/);
  });

  it('says once what is wrong with tokens that an action names', async () => {
    await writeFile(join(folder, 'approve.yml'), `${APPROVE}secret_tokens: AMI_SECRET_TOKENS_APPROVE\n`);
    const { stderr, stdout } = await check({ ...GOOD, ACTIONS_DIR: folder, AMI_SECRET_TOKENS_APPROVE: 'short' });
    expect(stderr).toBe(
      'The configuration has 1 problem:\n  AMI_SECRET_TOKENS_APPROVE: every entry needs at least 8 characters\n',
    );
    expect(stdout).toBe('actions: no problems in 1 (approve)\n');
  });

  it('misses the service that an action asks, as the server would at its start', async () => {
    await writeFile(join(folder, 'ask.yml'), REMOTE);
    const { code, stderr } = await check({ ...GOOD, ACTIONS_DIR: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('https://farm.example is not listed in REMOTE_ORIGINS');
    expect(stderr).toContain('the variable REMOTE_SECRET_FARM is not set');
  });

  it('echoes no value of a secret', async () => {
    const { stderr } = await check({ ...GOOD, SHOTGRID_SCRIPT_KEY: 'hushhus', SESSION_SECRETS: 'whisper' });
    expect(stderr).toContain('SHOTGRID_SCRIPT_KEY: ');
    expect(stderr).not.toMatch(/hush|whisper/);
  });
});

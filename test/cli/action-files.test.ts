import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { actionCommand } from '../../src/cli/action.ts';
import { runCli, runHere, type Ended } from './run-cli.ts';

let folder: string;
let cwd: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-kit-'));
  cwd = process.cwd();
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(cwd);
  await rm(folder, { recursive: true });
});

const machine = { platform: 'linux', env: {}, home: '/nowhere', uid: undefined };
/** In this process; where TypeScript is loaded as Node does it, `start` starts one. */
const action = (...args: readonly string[]): Promise<Ended> =>
  runHere((terminal) => actionCommand({ machine, env: {}, ...terminal }), args);
const start = (...args: readonly string[]): Promise<Ended> => runCli(['action', ...args], { cwd: folder });
const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

describe('understudy action new', () => {
  it('writes a file of each kind that is valid as it is, in a folder that it makes', async () => {
    for (const kind of ['yaml', 'typescript', 'remote']) {
      const { code, stdout } = await start('new', `set-${kind}`, '--kind', kind);
      expect(code).toBe(0);
      expect(stdout).toContain(`understudy -- action try set-${kind} `);
    }
    expect((await readdir(join(folder, 'actions'))).sort()).toEqual([
      'set-remote.yml',
      'set-typescript.ts',
      'set-yaml.yml',
    ]);
    const { code, stdout, stderr } = await start('check', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      actions: [
        { id: 'set-remote', kind: 'remote', title: 'Set remote' },
        { id: 'set-typescript', kind: 'typescript', title: 'Set typescript' },
        { id: 'set-yaml', kind: 'yaml', title: 'Set yaml' },
      ],
      problems: [],
      warnings: [{ variable: 'REMOTE_SECRET_SET_REMOTE', actions: ['set-remote'] }],
    });
  });

  it('points at a service to start with', async () => {
    const { stdout } = await action('new', 'names', '--kind', 'remote');
    expect(stdout).toContain('infra/examples/python-action/service.py');
    expect(await read('actions/names.yml')).toContain('infra/examples/python-action/service.py');
  });

  it.each(['names.yml', 'names.yaml', 'names.ts'])('never writes over or beside %s', async (name) => {
    await write(name, 'mine');
    for (const kind of ['yaml', 'typescript', 'remote']) {
      const { code, stderr } = await action('new', 'names', '--kind', kind, '--dir', '.');
      expect(code).toBe(2);
      expect(stderr).toBe(`${name} is there already, and defines the action "names".\n`);
    }
    expect(await readdir(folder)).toEqual([name]);
    expect(await read(name)).toBe('mine');
  });

  it.each([
    ['Set Status', '"set-status" would do'],
    ['../approve', '"approve" would do'],
    ['été.yml', 'would do'],
    ['-', 'lower-case letters'],
    ['', 'lower-case letters'],
    ['a'.repeat(65), 'would do'],
  ])('refuses the name "%s" and makes nothing', async (name, said) => {
    const { code, stderr } = await action('new', '--kind', 'yaml', '--', name);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(await readdir(folder)).toEqual([]);
  });

  it('knows three kinds', async () => {
    const { code, stderr } = await action('new', 'names', '--kind', 'jaml');
    expect(code).toBe(2);
    expect(stderr).toContain('yaml, typescript, remote');
  });
});

describe('understudy action check', () => {
  it('names every problem of every file and kind with its line and the nearest right spelling', async () => {
    await write(
      'a.yml',
      'title: A\nentity_types: [Version]\nset: { sg_status_list: apr }\nmax_row: 3\nconfrim: click\n',
    );
    await write('b.yml', 'title: B\n  entity_types: [Version]\n');
    await write('c.ts', 'const c: number = 1;\nenum Bad {}\n');
    await write('d.ts', "const d = 1;\n\nthrow new Error('not today');\n");
    await write(
      'e.ts',
      `import { defineAction } from 'understudy/action';
export const action = defineAction({
  titel: 'E',
  entityTypes: ['Version'],
  form: {
    good: { type: 'text', label: 'Good' },
    reason: {
      type: 'text',
      label: 'Reason',
      maxLenght: 3,
    },
  },
  plan: () => ({}),
});
`,
    );
    await write('Good.yml', 'title: Good\n');
    await write('fine.yml', 'title: Fine\nentity_types: [Version]\nset: { sg_status_list: apr }\n');
    const { code, stdout, stderr } = await start('check', '--dir', '.');
    expect(code).toBe(1);
    const lines = stderr.trim().split('\n');
    for (const said of [
      'a.yml:4: max_row: is not known here (did you mean "max_rows"?)',
      'a.yml:5: confrim: is not known here (did you mean "confirm"?)',
      'c.ts:2: cannot be loaded: TypeScript enum is not supported in strip-only mode',
      'd.ts:3: cannot be loaded: not today',
      'e.ts:3: titel: is not known here (did you mean "title"?)',
      'Good.yml: the name of an action file is lower-case letters, digits and hyphens, then .yml or .ts',
    ]) {
      expect(lines).toContain(said);
    }
    expect(stderr).toMatch(/^b\.yml:\d: /m);
    expect(stdout).toBe(`${lines.length} problems; without any: fine\n`);

    await write('e.ts', (await read('e.ts')).replace('titel', 'title'));
    expect((await start('check', '--dir', '.')).stderr).toContain(
      'e.ts:10: form.reason.maxLenght: is not known here (did you mean "maxLength"?)',
    );
  });

  it('needs no environment, and warns of what a server would miss', async () => {
    await write('a.yml', 'title: A\nentity_types: [Version]\nset: { code: x }\nsecret_tokens: AMI_SECRET_TOKENS_A\n');
    const { code, stderr } = await action('check', '--dir', '.');
    expect([code, stderr]).toEqual([
      0,
      'warning: set AMI_SECRET_TOKENS_A for the server; a will not work without it\n',
    ]);
    const env = { AMI_SECRET_TOKENS_A_FILE: '/run/secrets/a', ACTIONS_DIR: folder };
    expect(await runCli(['action', 'check'], { cwd: tmpdir(), env })).toEqual({
      code: 0,
      stdout: 'no problems in 1 action (a)\n',
      stderr: '',
    });
  });

  it('says that it could not check where there is no folder', async () => {
    const { code, stderr } = await action('check', '--dir', 'nowhere');
    expect([code, stderr]).toEqual([2, 'nowhere is no folder that can be read\n']);
  });
});

/** The README's chapter on menu items, typed into a shell as it stands there, against a studio and a server that run. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formOf, liveItems } from '../menu/clicks.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const CHAPTER = README.slice(README.indexOf('\n## Menu items as code\n')).split('\n## ', 2)[1] ?? '';
const BLOCKS = [...CHAPTER.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block);

let folder: string;
let server: TestServer | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-menu-chapter-'));
  await cp(join(ROOT, 'actions'), join(folder, 'actions'), { recursive: true });
  await mkdir(join(folder, '.demo'));
  // The server in this process cannot import TypeScript from elsewhere: it is given the one file that is still to be written.
  await mkdir(join(folder, 'served'));
  await symlink('../actions/say-so.yml', join(folder, 'served/say-so.yml'));
  const environment = { ACTIONS_DIR: join(folder, 'actions'), MENU_TOKENS_FILE: join(folder, '.demo/tokens.json') };
  server = await startTestServer({ environment: { ...environment, ACTIONS_DIR: join(folder, 'served') } });
  const variables = {
    ...server.studio.environment,
    ...environment,
    PUBLIC_URL: server.url,
    DATABASE_URL: server.databaseUrl,
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(join(folder, '.demo/understudy.env'), lines.join(''));
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** npm would look for the package in this folder. */
const PRELUDE = `set -e
npm() { shift 3; "${process.execPath}" "${ROOT}src/cli.ts" "$@"; }
${BLOCKS[0]?.split('\n', 1)[0] ?? ''}
`;

function type(
  block: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const path = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
    const env = { PATH: path, TMPDIR: folder, HOME: folder, ...COMPILE_CACHE };
    const child = execFile(
      'bash',
      ['-c', PRELUDE + block],
      { cwd: folder, env, timeout: 60_000 },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

async function isAccepted(): Promise<boolean> {
  const { site } = server!.studio;
  const id = liveItems(site).find((item) => item['title'] === 'Say so')?.id ?? 0;
  const form = (await formOf(site, id)) ?? [];
  const artist = createPerson(server!, 'artist');
  return (await artist.send(form, '/ami/say-so')).status === 303;
}

describe('the chapter on menu items', () => {
  it('works as written, from nothing to an item that works and back', async () => {
    const said: string[] = [];
    for (const block of BLOCKS) {
      const { code, stdout, stderr } = await type(block);
      expect([block, code, stderr]).toEqual([block, 0, '']);
      said.push(stdout);
      if (/menu (apply|rotate)/.test(block)) expect(await until(isAccepted)).toBe(true);
    }
    const [plan, apply, drift, rotate, prune] = said;
    expect(plan).toMatch(/^no differences in \d+ items\n$/);
    // What it prints is what the chapter shows, but for numbers and addresses.
    const shown = /```text\n(.*?)```/s.exec(CHAPTER)?.[1] ?? '';
    const same = (text: string) => text.replaceAll(/:\d+\//g, '/').replaceAll(/\d+/g, 'N');
    expect(same(apply ?? '')).toContain(same(shown));
    expect(drift).toMatch(/^no differences/);
    expect(rotate).toMatch(/stands beside[^]*both are accepted until[^]*retired item[^]*the old token is dropped/);
    expect(prune).toContain('- Say so, Version');
    expect(liveItems(server!.studio.site).filter((item) => item['title'] === 'Say so')).toEqual([]);
  }, 120_000);
});

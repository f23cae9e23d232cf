/** The README's chapter for authors, typed into a shell as it stands there. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startStudio, type Studio } from '../../infra/studio/start.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const CHAPTER = README.slice(README.indexOf('\n## Write an action in ten minutes\n')).split('\n## ', 2)[1] ?? '';
const TOOLS = ['bash', 'curl', 'openssl', 'python3'];
const hasTools = TOOLS.every((tool) => spawnSync(tool, ['-c', ':']).error === undefined);

/** npm would look for the package in this folder; and nobody types faster than a service starts. */
const PRELUDE = `set -e
trap '[[ -z $! ]] || kill $! 2> /dev/null || true' EXIT
npm() {
  if [[ "$*" == *"try look-at-names"* ]]; then until (: < /dev/tcp/127.0.0.1/9000) 2> /dev/null; do sleep 0.1; done; fi
  shift 3
  "${process.execPath}" "${ROOT}src/cli.ts" "$@"
}
`;

let folder: string;
let studio: Studio;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-chapter-'));
  studio = await startStudio({ server: 'http://localhost:1' });
  await mkdir(join(folder, '.demo'));
  await writeFile(join(folder, '.demo/facts.json'), JSON.stringify(studio.facts));
  await symlink(join(ROOT, 'infra'), join(folder, 'infra'));
});
afterEach(async () => {
  await studio.close();
  await rm(folder, { recursive: true });
});

(hasTools || process.env['CI'] === 'true' ? describe : describe.skip)('the chapter for authors', () => {
  it('works as written', async () => {
    const { site } = studio;
    const id = site.rows('Version').find((row) => row['sg_status_list'] === 'rev')?.id ?? 0;
    const item = site.rows('ActionMenuItem').find((row) => row['title'] === 'Approve')?.id;
    await fetch(`${site.url}/_web/launch`, {
      method: 'POST',
      headers: { cookie: `_session_id=${site.openSession('artist')}` },
      body: JSON.stringify({ item, page: 4606, type: 'Version', selected: [id], sort: '', session: 'a-window' }),
    });
    const commands = [...CHAPTER.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block);
    expect(commands.length).toBeGreaterThan(4);
    const script = PRELUDE + commands.join('').replaceAll('127.0.0.1:8081', site.host);

    const { code, stdout, stderr } = await bash(script);
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/refused|cannot/)]);
    expect((await readdir(join(folder, 'actions'))).sort()).toEqual([
      'look-at-names.yml',
      'say-why-in-code.ts',
      'say-why.yml',
    ]);
    for (const said of [
      'Say why (say-why, yaml) as Alma Ortiz (artist)',
      '1 change (1 allowed by ShotGrid).',
      'Performed, finished: 1 done.',
      'Say why in code (say-why-in-code, typescript) as Marcus Lind (manager)',
      'Look at names (look-at-names, remote) as Alma Ortiz (artist)',
      'Report: Names of the selected Versions',
    ]) {
      expect(stdout).toContain(said);
    }
    const row = site.rows('Version').find((version) => version.id === id);
    expect(row).toMatchObject({
      sg_status_list: 'apr',
      description: expect.stringContaining('Looks good (Alma Ortiz'),
    });
  }, 120_000);
});

function bash(
  script: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, TMPDIR: folder, ...COMPILE_CACHE };
    const child = execFile('bash', ['-c', script], { cwd: folder, env, timeout: 100_000 }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

/** The README's chapter for a studio's admins, typed into a shell as it stands there, until a person's click has changed a row. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startStudio, type Studio } from '../../infra/studio/start.ts';
import { liveItems } from '../menu/clicks.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { createPerson } from '../support/person.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const CHAPTER = README.slice(README.indexOf('\n## Set up your studio\n'))
  .split('\n## ', 2)[1]!
  .split('\n**As a container.**', 1)[0]!;
const TOOLS = ['bash', 'curl', 'openssl'];
/** Of approve.yml. */
const TITLES = ['Approve', 'Approve (light payload)', 'Approve (in an overlay)'];
const hasTools = TOOLS.every((tool) => spawnSync(tool, ['-c', ':']).error === undefined);

let folder: string;
let studio: Studio;
let url: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-studio-chapter-'));
  url = `http://localhost:${await freePort()}`;
  studio = await startStudio({ server: url, hasMenuItems: false });
  for (const name of ['src', 'infra', 'actions', 'package.json']) await symlink(join(ROOT, name), join(folder, name));
  await mkdir(join(folder, 'etc/understudy'), { recursive: true });
});
afterEach(async () => {
  await studio.close();
  await rm(folder, { recursive: true });
});

const blocks = (language: string): string =>
  [...CHAPTER.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, block = '']) => block).join('');

/** The chapter's own addresses and folders → this studio's. */
function here(text: string): string {
  return text
    .replaceAll('https://understudy.studio.example', url)
    .replaceAll('https://studio.shotgrid.autodesk.com', studio.site.url)
    .replaceAll('https://idp.studio.example', studio.idp.url)
    .replaceAll('/etc/understudy', join(folder, 'etc/understudy'))
    .replaceAll('/var/lib/understudy', join(folder, 'var/understudy'));
}

/** There is nothing to install here; nobody types faster than a server starts; and the doctor may have warnings. */
const prelude = (): string => `set -e
trap '[[ -z $! ]] || { kill $!; wait $!; } 2> /dev/null || true' EXIT
npm() { :; }
node() {
  if [[ "$*" == *doctor* ]]; then
    until curl --fail --silent --output /dev/null ${url}/healthz; do sleep 0.1; done
    command node "$@" || [[ $? == 1 ]]
  else
    [[ "$*" != *src/main.ts* ]] || exec node "$@" > server.log
    command node "$@"
  fi
}
`;

(hasTools || process.env['CI'] === 'true' ? describe : describe.skip)('the chapter for a studio’s admins', () => {
  it('leads from nothing to a click that changes a row, as written', async () => {
    const { SHOTGRID_SCRIPT_KEY: key = '', OIDC_CLIENT_SECRET: secret = '' } = studio.environment;
    await writeFile(join(folder, 'etc/understudy/script-key'), key);
    await writeFile(join(folder, 'etc/understudy/oidc-client-secret'), secret);
    const settings = `${here(blocks('ini'))}PORT=${new URL(url).port}\n`;
    await writeFile(join(folder, 'etc/understudy/understudy.env'), settings);
    expect(liveItems(studio.site)).toEqual([]);

    // The server stays until somebody has clicked.
    const commands = `${here(blocks('sh'))}\ntouch chapter-is-over\nread -r\n`;
    const typed = type(prelude() + commands);
    await until(() => typed.isOver() || existsHere('chapter-is-over'), 90_000);
    if (!typed.isOver()) {
      expect(liveItems(studio.site).map(({ title }) => title)).toEqual([
        ...TITLES.map((title) => `${title} (old)`),
        ...TITLES,
      ]);
      const row = studio.site.rows('Version').find(({ sg_status_list: status }) => status === 'rev')!;
      const artist = createPerson({ url, studio }, 'artist');
      const run = await artist.finish(await artist.confirm(await artist.follow(await artist.click([row.id]))));
      expect(run.counts).toMatchObject({ done: 1 });
      const otto = createPerson({ url, studio }, 'admin.flag-off');
      expect((await otto.visit('/admin/inventory')).text).toContain('Approve (light payload)');
      typed.goOn();
    }
    const { code, stdout, stderr } = await typed.ended;
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/cannot|Error/)]);
    for (const said of [
      'configuration: no problems',
      'actions: no problems in 1 (approve)',
      '3 to make, 0 to change, 0 to retire',
      'no differences in 3 items',
      'BEGIN PUBLIC KEY',
    ]) {
      expect(stdout).toContain(said);
    }
    expect(stdout).not.toContain('FAILURE');
    expect(stdout).not.toContain(key);
  }, 180_000);
});

function existsHere(name: string): boolean {
  try {
    readFileSync(join(folder, name));
    return true;
  } catch {
    return false;
  }
}

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A shell that waits for one more line at its end. */
function type(script: string): {
  readonly ended: Promise<Ended>;
  readonly isOver: () => boolean;
  readonly goOn: () => void;
} {
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, TMPDIR: folder, ...COMPILE_CACHE };
  let over = false;
  let goOn = (): void => undefined;
  const ended = new Promise<Ended>((resolve) => {
    const child = execFile(
      'bash',
      ['--norc', '-c', script],
      { cwd: folder, env, timeout: 150_000 },
      (_, stdout, stderr) => {
        over = true;
        resolve({ code: child.exitCode, stdout, stderr });
      },
    );
    goOn = () => void child.stdin?.write('\n');
  });
  return { ended, isOver: () => over, goOn };
}

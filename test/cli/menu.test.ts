/** An admin at the command line, a studio's site, and a server whose people go on clicking. */
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { menuCommand } from '../../src/cli/menu.ts';
import { openDatabase } from '../../src/database/open.ts';
import { formOf, liveItems } from '../menu/clicks.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { runCli } from './run-cli.ts';

/** The call that makes a menu item. */
const CREATES = '/entity/ActionMenuItem$|/entity/action_menu_items$';
const ACTIONS = fileURLToPath(new URL('../../actions/', import.meta.url));

let folder: string;
let actions: string;
let tokensFile: string;
let server: TestServer | undefined;
let artist: Person;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-menu-cli-'));
  [actions, tokensFile] = [join(folder, 'actions'), join(folder, 'tokens.json')];
  await mkdir(actions);
  await copyFile(join(ACTIONS, 'approve.yml'), join(actions, 'approve.yml'));
  server = await startTestServer({
    studio: { hasMenuItems: false },
    environment: { MENU_TOKENS_FILE: tokensFile, AMI_SECRET_TOKENS: '', ACTIONS_DIR: actions },
  });
  artist = createPerson(server, 'artist');
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  server!.studio.site.reset();
  await rm(tokensFile, { force: true });
  // Never gone: the server looks at the folder whenever it likes.
  await action('approve', 'folder: Review');
  for (const name of await readdir(actions)) if (name !== 'approve.yml') await rm(join(actions, name));
});
afterEach(() => server!.studio.site.clearFaults());

const action = (id: string, menu: string, ending = 'yml'): Promise<void> =>
  writeFile(
    join(actions, `${id}.${ending}`),
    `title: ${id}\nentity_types: [Version, Shot]\nset: { sg_status_list: apr }\nmenu: { entity_types: [Version], ${menu} }\n`,
  );

const environment = (): Record<string, string> => ({
  ...server!.studio.environment,
  AMI_SECRET_TOKENS: '',
  PUBLIC_URL: server!.url,
  DATABASE_URL: server!.databaseUrl,
  MENU_TOKENS_FILE: tokensFile,
  ACTIONS_DIR: actions,
});

type Said = { readonly code: number; readonly out: string; readonly err: string };
type Given = {
  readonly env?: Record<string, string>;
  readonly confirm?: () => Promise<boolean>;
  readonly now?: () => Date;
};

/** The command as `cli.ts` runs it, but in this process. */
async function menu(args: readonly string[], { env = {}, confirm, now = () => new Date() }: Given = {}): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  let code = 0;
  let made = 0;
  const given = { ...environment(), ...env };
  const command = menuCommand({
    env: given,
    readFile: () => '',
    openDatabase: (options) =>
      openDatabase(given['DATABASE_URL'] ?? '', { readonly: options?.writable !== true, migrate: false }),
    now,
    newToken: () => `token-${(made += 1)}-${now().getTime()}-${'x'.repeat(20)}`,
    sleep: () => Promise.resolve(),
    confirm,
    print: (line) => void out.push(line),
    printError: (line) => void err.push(line),
    setExitCode: (given) => (code = given),
  });
  await command.parseAsync(['node', 'menu', ...args]);
  return { code, out: out.join('\n'), err: err.join('\n') };
}
const json = async (args: readonly string[], given?: Given) => {
  const { code, out } = await menu([...args, '--json'], given);
  return { code, ...(JSON.parse(out) as Record<string, unknown>) } as { code: number } & Record<string, never>;
};

const items = () => liveItems(server!.studio.site);
const idOf = (title: string): number => items().find((item) => item['title'] === title)?.id ?? 0;

/** The answer to a click on this item; undefined when the site does not show it (any more). */
async function click(item: number): Promise<string | undefined> {
  const path = items().find(({ id }) => id === item)?.['url'];
  const form = await formOf(server!.studio.site, item);
  if (form === undefined || typeof path !== 'string') return undefined;
  const answer = await artist.post(new URL(path).pathname, {
    form,
    cookies: false,
    headers: { accept: 'application/json', 'sec-fetch-site': 'cross-site' },
  });
  return answer.status === 303 ? 'accepted' : String((answer.json as { readonly code: unknown }).code);
}

describe('understudy menu', () => {
  it('goes from nothing to items that work, and on to new tokens, while people click', async () => {
    await action('retire', 'permission_groups: [Artist]');
    expect(await menu(['plan'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 to make, 0 to change, 0 to retire'),
    });
    expect(items()).toEqual([]);

    expect(await menu(['apply', '--yes'])).toMatchObject({ code: 0, err: '' });
    expect(items()).toMatchObject([
      {
        title: 'approve',
        url: `${server!.url}/ami/approve`,
        entity_type: 'Version',
        folder: 'Review',
        poll_for_data_updates: true,
      },
      { title: 'retire', permissions_groups: [{ type: 'PermissionRuleSet', id: 3 }] },
    ]);
    expect(await click(idOf('approve'))).toBe('accepted');
    expect(await menu(['apply'])).toMatchObject({ code: 0, out: 'no differences in 2 items' });
    expect((await menu(['drift'])).code).toBe(0);

    // Edited by hand.
    server!.studio.site.setField('ActionMenuItem', idOf('approve'), 'folder', 'Elsewhere');
    const drift = await menu(['drift']);
    expect([drift.code, drift.out]).toEqual([
      1,
      expect.stringMatching(/~ approve .*\n.*last changed by .*\n +Folder +Elsewhere → Review/),
    ]);
    expect((await menu(['apply', '--yes'])).code).toBe(0);
    expect((await menu(['drift'])).code).toBe(0);

    // A new token, with clicks on whatever is in the menu all the while.
    const answers: string[] = [];
    let isOver = false;
    const isOngoing = (): boolean => !isOver;
    await until(async () => (await click(idOf('retire'))) === 'accepted');
    const people = (async () => {
      while (isOngoing()) {
        for (const { id } of items()) {
          const answer = await click(id);
          if (answer !== undefined) answers.push(answer);
        }
      }
    })();
    try {
      await until(() => answers.length > 3);
      expect(await menu(['rotate', 'approve', '--overlap', '24h', '--yes'])).toMatchObject({ code: 0, err: '' });
      expect(items().map((item) => item['title'])).toEqual(['approve (old)', 'retire', 'approve']);
      expect((await menu(['plan'])).out).toContain('side by side until');
      expect((await menu(['drift'])).code).toBe(0);
      const before = answers.length;
      await until(() => answers.length > before + 6);
      expect(await menu(['rotate', 'approve', '--finish', '--yes'])).toMatchObject({ code: 0, err: '' });
    } finally {
      isOver = true;
      await people;
    }
    expect(answers.filter((answer) => answer !== 'accepted')).toEqual([]);
    expect(items().map((item) => item['title'])).toEqual(['retire', 'approve']);
    expect(await click(idOf('approve'))).toBe('accepted');
    expect((await menu(['drift'])).code).toBe(0);

    // No file names it any more.
    await rm(join(actions, 'retire.yml'));
    expect((await menu(['apply', '--yes'])).code).toBe(0);
    expect(items()).toHaveLength(2);
    const pruned = await menu(['prune', '--yes']);
    expect([pruned.code, pruned.out]).toEqual([0, expect.stringContaining('- retire')]);
    expect(items().map((item) => item['title'])).toEqual(['approve']);
  }, 60_000);

  it('never touches an item that is not ours', async () => {
    const site = server!.studio.site;
    site.setMenuItems([
      { title: 'Farm', url: 'https://farm.studio.example/ami/approve' },
      { title: 'By hand', url: `${server!.url}/ami/approve?x=1` },
    ]);
    try {
      const before = site.rows('ActionMenuItem');
      await rm(join(actions, 'approve.yml'));
      await menu(['apply', '--yes']);
      await menu(['prune', '--yes']);
      expect(site.rows('ActionMenuItem')).toEqual(before);
    } finally {
      site.setMenuItems([]);
    }
  });

  it('asks first, does nothing on a no, and nothing where nobody can be asked', async () => {
    expect(await menu(['apply'], { confirm: () => Promise.resolve(false) })).toMatchObject({
      code: 2,
      err: 'nothing was done',
    });
    expect(await menu(['apply'])).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect(items()).toEqual([]);
    expect((await menu(['apply'], { confirm: () => Promise.resolve(true) })).code).toBe(0);
    expect(items()).toHaveLength(1);
  });

  it('makes several items of one action and one type at once', async () => {
    await writeFile(
      join(actions, 'approve.yml'),
      'title: Approve\nentity_types: [Version]\nset: { sg_status_list: apr }\nmenu: [{ title: One }, { title: Two, overlay: true }]\n',
    );
    expect(await menu(['apply', '--yes'])).toMatchObject({ code: 0, err: '' });
    expect(items().map((item) => item['title'])).toEqual(['One', 'Two']);
    expect((await menu(['drift'])).code).toBe(0);
  });

  it('leaves alone what somebody edits between plan and apply, and says who', async () => {
    await action('retire', '');
    await menu(['apply', '--yes']);
    const site = server!.studio.site;
    for (const title of ['approve', 'retire']) site.setField('ActionMenuItem', idOf(title), 'open_in_overlay', true);
    const confirm = () => {
      site.setField('ActionMenuItem', idOf('approve'), 'folder', 'Mine');
      return Promise.resolve(true);
    };
    const { code, out } = await menu(['apply'], { confirm });
    expect([code, out]).toEqual([
      3,
      expect.stringMatching(/approve.*left alone, it changed meanwhile: .* changed Folder meanwhile/),
    ]);
    expect(items()).toMatchObject([
      { folder: 'Mine', open_in_overlay: true },
      { title: 'retire', open_in_overlay: false },
    ]);
    expect((await menu(['apply', '--yes'])).code).toBe(0);
  });

  it('makes no second item when somebody else makes it between plan and apply', async () => {
    const confirm = async () => {
      await menu(['apply', '--yes']);
      return true;
    };
    expect(await menu(['apply'], { confirm })).toMatchObject({
      code: 3,
      out: expect.stringContaining('was made meanwhile'),
    });
    expect(items()).toHaveLength(1);
  });

  it('goes on when the site refuses one of five, and tells no token that the refusal quotes', async () => {
    for (const id of ['b', 'c', 'd', 'e']) await action(id, '');
    server!.studio.site.inject({ kind: 'refused', method: 'POST', path: CREATES, skip: 2 });
    const { code, out } = await menu(['apply', '--yes']);
    expect([code, items().length]).toEqual([3, 4]);
    expect(out).toMatch(/\+ c, Version: refused: .*\[removed\]/);
    expect(out).not.toContain('token-');
    expect((await menu(['apply', '--yes'])).code).toBe(0);
    expect(items()).toHaveLength(5);
  });

  it('finds an item that was made although no answer came', async () => {
    server!.studio.site.inject({ kind: 'drop', method: 'POST', path: CREATES, after: true });
    expect((await menu(['apply', '--yes'])).code).toBe(0);
    expect(items()).toHaveLength(1);
    expect(await click(idOf('approve'))).toBe('accepted');
  });

  it('stops when the site does, and says what was not done', async () => {
    await action('retire', '');
    server!.studio.site.inject({ kind: 'blocked', method: 'POST', path: CREATES });
    const { code, out } = await menu(['apply', '--yes']);
    expect([code, out]).toEqual([3, expect.stringMatching(/approve, Version: failed.*\n.*retire, Version: not done/)]);
  });

  it('names a group that there is not, two files of one id and a broken file; and the rest still works', async () => {
    await action('retire', 'permission_groups: [Artst]');
    await action('approve', '', 'yaml');
    await writeFile(join(actions, 'broken.yml'), 'title: [');
    server!.studio.site.setMenuItems([{ title: 'Broken', url: `${server!.url}/ami/broken`, entityType: 'Version' }]);
    try {
      const { code, out } = await menu(['apply', '--yes']);
      expect(code).toBe(1);
      expect(out).toContain('! retire: there is no permission group "Artst" on this site (did you mean "Artist"?)');
      expect(out).toContain('another file defines the action "approve" already');
      expect(out).toContain('! broken.yml: line 1');
      expect(items().map((item) => item['title'])).toEqual(['Broken', 'approve']);
      expect(await menu(['prune', '--yes'])).toMatchObject({ code: 1 });
      expect(items()).toHaveLength(2);
    } finally {
      server!.studio.site.setMenuItems([]);
    }
  });

  it('needs a place for tokens: a file, or one look', async () => {
    const env = { MENU_TOKENS_FILE: '' };
    expect(await menu(['apply', '--yes'], { env })).toMatchObject({
      code: 2,
      err: expect.stringContaining('MENU_TOKENS_FILE'),
    });
    expect(items()).toEqual([]);
    expect(await menu(['apply', '--yes', '--print-token'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('not both'),
    });
    const { code, out } = await menu(['apply', '--yes', '--print-token'], { env });
    expect([code, out]).toEqual([0, expect.stringMatching(/secret token of approve: token-1-\d+-x{20}/)]);
    expect(await menu(['rotate', 'approve', '--yes'], { env })).toMatchObject({
      code: 2,
      err: expect.stringContaining('MENU_TOKENS_FILE'),
    });
  });

  it('does not use a file of tokens that others may read, and tells no token', async () => {
    await menu(['apply', '--yes']);
    await chmod(tokensFile, 0o644);
    for (const args of [['plan'], ['apply', '--yes'], ['rotate', 'approve', '--yes']]) {
      const { code, out, err } = await menu(args);
      expect([code, out, err]).toEqual([2, '', expect.stringContaining('make its mode 0600')]);
    }
    expect(items()).toHaveLength(1);
  });

  it('refuses the old token from the end of the overlap, whether or not the change was ended', async () => {
    await menu(['apply', '--yes']);
    const old = idOf('approve');
    // As if it had been begun two hours ago.
    const now = () => new Date(Date.now() - 7_200_000);
    await menu(['rotate', 'approve', '--overlap', '1h', '--yes'], { now });
    expect([await click(old), await click(idOf('approve'))]).toEqual(['ami_signature_invalid', 'accepted']);
    const { code, out } = await menu(['drift']);
    expect([code, out]).toEqual([1, expect.stringContaining('"understudy menu rotate approve" retires the old items')]);
    expect((await menu(['rotate', 'approve', '--yes'])).code).toBe(0);
    expect(items()).toHaveLength(1);
    expect((await menu(['drift'])).code).toBe(0);
  });

  it('leaves records of what was intended and done, by whom as far as they say, and never a token', async () => {
    await menu(['apply', '--yes', '--as', 'ada']);
    await menu(['rotate', 'approve', '--overlap', '1s', '--yes']);
    const database = await openDatabase(server!.databaseUrl, { readonly: true });
    const rows = await database.db
      .$extendTables<{ audit_records: { line: string; seq: number } }>()
      .selectFrom('audit_records')
      .select('line')
      .where('line', 'like', '%"menu.%')
      .orderBy('seq', 'desc')
      .limit(5)
      .execute();
    await database.close();
    const records = rows.map(({ line }) => JSON.parse(line) as Record<string, unknown>).reverse();
    expect(records.map(({ type, outcome }) => [type, outcome])).toEqual([
      ['menu.intended', 'intended'],
      ['menu.changed', 'success'],
      ...Array.from({ length: 3 }, () => ['menu.token_changed', 'success']),
    ]);
    expect(records[0]).toMatchObject({
      person: { login: 'ada', proven: false },
      details: {
        by: 'command line',
        act: 'apply',
        items: [{ kind: 'create', action: 'approve', fields: expect.any(Array) }],
      },
    });
    expect(records[2]).not.toHaveProperty('person');
    expect(JSON.stringify(rows)).not.toContain('token-');
    expect(await readFile(tokensFile, 'utf8')).toContain('token-');
  });

  it('goes on without a log that cannot be reached, makes none, and says so', async () => {
    const file = join(folder, 'none.db');
    const { code, err } = await menu(['apply', '--yes'], { env: { DATABASE_URL: `file:${file}` } });
    expect([code, err]).toEqual([0, expect.stringContaining('not recorded in the audit log')]);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
    expect(items()).toHaveLength(1);
  });

  it('says the same to programs', async () => {
    expect(await json(['plan'])).toMatchObject({
      code: 0,
      changes: [{ kind: 'create', action: 'approve', entityType: 'Version' }],
    });
    expect(await json(['apply', '--yes'])).toMatchObject({
      code: 0,
      results: [{ outcome: 'done', item: idOf('approve') }],
      tokens: {},
    });
    server!.studio.site.setField('ActionMenuItem', idOf('approve'), 'title', 'Mine');
    expect(await json(['drift'])).toMatchObject({
      code: 1,
      changes: [{ kind: 'update', item: idOf('Mine'), fields: [{ field: 'title', before: 'Mine', after: 'approve' }] }],
    });
    expect(await json(['rotate', 'approve', '--yes'])).toMatchObject({
      code: 0,
      state: 'both_accepted',
      items: [{ old: expect.any(Number), made: expect.any(Number) }],
    });
    expect(await json(['rotate', 'gone', '--yes'])).toMatchObject({
      code: 2,
      error: { message: expect.stringContaining('"gone"') },
    });
    expect(await json(['apply'])).toMatchObject({ code: 0, changes: [] });
    await action('retire', '');
    expect(await json(['apply'])).toMatchObject({ code: 2, error: { message: expect.stringContaining('--yes') } });
  });

  it('names every variable that is missing, and asks nobody', async () => {
    const { code, err } = await menu(['plan'], {
      env: { PUBLIC_URL: '', SHOTGRID_SCRIPT_KEY: '', OIDC_ISSUER_URL: '' },
    });
    expect([code, err]).toEqual([2, 'PUBLIC_URL: is required\nSHOTGRID_SCRIPT_KEY: is required']);
    expect(await menu(['plan'], { env: { ACTIONS_DIR: '/nowhere' } })).toMatchObject({
      code: 2,
      err: expect.stringContaining('/nowhere'),
    });
    expect(await menu(['plan'], { env: { SHOTGRID_SCRIPT_KEY: 'wrong-wrong' } })).toMatchObject({
      code: 2,
      err: expect.stringContaining('script key'),
    });
  });

  it('works as a process of its own, and asks nobody where there is no terminal', async () => {
    const run = (...args: string[]) => runCli(['menu', ...args], { cwd: folder, env: environment() });
    const [apply, badTime] = await Promise.all([run('apply'), run('rotate', 'approve', '--overlap', 'soon')]);
    expect([apply.code, apply.stdout, apply.stderr]).toEqual([
      2,
      expect.stringContaining('+ approve'),
      expect.stringContaining('--yes'),
    ]);
    expect([badTime.code, badTime.stderr]).toEqual([2, expect.stringContaining('24h')]);
    expect((await run('apply', '--yes')).code).toBe(0);
    expect(await click(idOf('approve'))).toBe('accepted');
  }, 60_000);
});

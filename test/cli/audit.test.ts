import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  formatCheckpoint,
  readPublicKeys,
  readSigningKey,
  signCheckpoint,
  splitPems,
} from '../../src/audit/checkpoint.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { auditCommand } from '../../src/cli/audit.ts';
import { databaseUrlFrom, siteFrom, variableFrom } from '../../src/cli/database-url.ts';
import { openDatabase } from '../../src/database/open.ts';
import { fileLines, newKey, sealedLog } from '../audit/logs.ts';
import { databases } from '../support/databases.ts';
import { runCli, runHere, type Ended } from './run-cli.ts';

const readFile = (path: string): string => readFileSync(path, 'utf8');

/** `audit …` in this process, with what `cli.ts` gives it; a few below start one. */
const audit = (env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> =>
  runHere(
    (terminal) =>
      auditCommand({
        openDatabase: (options) =>
          openDatabase(databaseUrlFrom(env, readFile), { readonly: options?.writable !== true, migrate: false }),
        signingKeys: () => splitPems(variableFrom('AUDIT_CHECKPOINT_KEYS', env, readFile) ?? ''),
        site: () => siteFrom(env, readFile),
        now: () => new Date(),
        operator: () => 'operator',
        ...terminal,
      }),
    args,
  );
const understudy = (env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> =>
  runCli(args, { cwd: tmpdir(), env });

describe.each(databases)('understudy audit verify, on $name', ({ open, create, dialect }) => {
  const openLog = async (records: number) => {
    const database = await open();
    const log = createAuditLog({ database, now: () => new Date() });
    await log.append(Array.from({ length: records }, (_, n) => loggedOut({ reference: `${n}` })));
    return { database, url: database.url };
  };

  it('says that a log is intact, how long it is and how it ends', async () => {
    const { database, url } = await openLog(3);
    const { rows } = await sql<{ hash: string }>`select hash from audit_head`.execute(database.db);
    expect(await understudy({ DATABASE_URL: url }, 'audit', 'verify')).toEqual({
      code: 0,
      stdout: `intact: 3 records, head ${rows[0]?.hash}\n`,
      stderr: '',
    });
  });

  it('names the first broken record, for people and for programs', async () => {
    const { database, url } = await openLog(3);
    const trigger = dialect === 'sqlite' ? 'audit_records_no_update' : 'audit_records_append_only on audit_records';
    await sql.raw(`drop trigger ${trigger}`).execute(database.db);
    await sql`update audit_records set line = replace(line, 'logout', 'login') where seq = 2`.execute(database.db);
    expect(await audit({ DATABASE_URL: url }, 'verify')).toEqual({
      code: 1,
      stdout: 'broken at record 2 (edited): its content is not what was sealed\n',
      stderr: '',
    });
    const { code, stdout } = await audit({ DATABASE_URL: url }, 'verify', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([1, { intact: false, brokenAt: 2, reason: 'edited' }]);
  });

  it('does not call a database intact that is no log', async () => {
    const url = await create();
    const { code, stdout, stderr } = await understudy({ DATABASE_URL: url }, 'audit', 'verify');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^could not check: /);
    if (dialect === 'sqlite') expect(existsSync(url.slice('file:'.length))).toBe(false);
  });

  it('holds the log against a checkpoint, with the keys that the server signs with', async () => {
    const { database, url } = await openLog(3);
    const { rows } = await sql<{ seq: number; hash: string }>`select seq, hash from audit_records`.execute(database.db);
    const { signing, privatePem } = newKey();
    const checkpoint = `${(await databases[0]!.create()).slice('file:'.length)}.checkpoints`;
    await writeFile(checkpoint, `${formatCheckpoint(signCheckpoint(rows[2]!, new Date(), signing))}\n`);
    const env = { DATABASE_URL: url, AUDIT_CHECKPOINT_KEYS: privatePem };
    const verify = () => audit(env, 'verify', '--json', '--checkpoint', checkpoint);
    const whole = await verify();
    expect([whole.code, JSON.parse(whole.stdout)]).toMatchObject([0, { intact: true, signedUpTo: 3 }]);

    // Somebody with every right cuts the end off and puts the head where it then is.
    for (const trigger of dialect === 'sqlite'
      ? ['audit_records_no_delete']
      : ['audit_records_no_delete on audit_records']) {
      await sql.raw(`drop trigger ${trigger}`).execute(database.db);
    }
    await sql`delete from audit_records where seq = 3`.execute(database.db);
    await sql`update audit_head set seq = 2, hash = ${rows[1]!.hash}`.execute(database.db);
    expect(await audit(env, 'verify')).toMatchObject({ code: 0 });
    const cut = await verify();
    expect([cut.code, JSON.parse(cut.stdout)]).toEqual([3, { intact: false, brokenAt: 3, reason: 'cut' }]);
  });

  it('reads the address from a file, as the server does', async () => {
    const { url } = await openLog(1);
    const file = `${(await databases[0]!.create()).slice('file:'.length)}.url`;
    await writeFile(file, `${url}\n`);
    expect(await understudy({ DATABASE_URL_FILE: file }, 'audit', 'verify')).toMatchObject({ code: 0 });
  });
});

describe.each(databases)('understudy audit archive, on $name', ({ open }) => {
  it('makes a file that verifies and leaves a log that does', async () => {
    const database = await open();
    const log = createAuditLog({ database, now: () => new Date('2026-01-02T00:00:00Z') });
    await log.append([1, 2, 3].map((n) => loggedOut({ reference: `${n}` })));
    const folder = await mkdtemp(join(tmpdir(), 'understudy-archive-'));
    try {
      const env = { DATABASE_URL: database.url, AUDIT_CHECKPOINT_KEYS: newKey().privatePem };
      const here = (...args: string[]) => audit(env, ...args);
      const file = join(folder, 'old.gz');
      expect(await here('archive', '--before', '2026-01-01', '--to', file)).toMatchObject({ code: 2, stdout: '' });
      const archived = await understudy(env, 'audit', 'archive', '--before', '2026-02-01', '--to', file, '--json');
      expect([archived.code, JSON.parse(archived.stdout)]).toMatchObject([0, { firstSeq: 1, lastSeq: 3 }]);
      expect((await here('verify')).stdout).toMatch(/^intact: records 4 to 4, head /);
      expect((await here('verify', '--file', file)).stdout).toMatch(/^intact: 3 records, head /);
      expect(await here('archive', '--before', 'yesterday', '--to', file)).toMatchObject({ code: 2, stdout: '' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('understudy audit keygen', () => {
  it('prints a pair that signs and verifies, another each time', async () => {
    const [one, two] = await Promise.all([understudy({}, 'audit', 'keygen'), understudy({}, 'audit', 'keygen')]);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).not.toBe(two.stdout);
    const [privatePem = '', publicPem = ''] = splitPems(one.stdout);
    const { keyId } = readSigningKey(privatePem);
    expect([...readPublicKeys([publicPem]).keys()]).toEqual([keyId]);
    expect(one.stdout).toContain(`key id ${keyId}\n`);
  });
});

describe('understudy audit verify, offline', () => {
  const NOWHERE = 'file:/nowhere/at.all';
  const key = newKey();
  const records = sealedLog(4);
  const checkpoint = (n: number) => signCheckpoint({ seq: n, hash: records[n - 1]!.hash }, new Date(0), key.signing);

  /** Files by name, and the answer to a command whose arguments name them as `@name`. */
  const offline = (files: Readonly<Record<string, string>>, ...args: string[]) =>
    withFiles(files, args, (paths) => audit({ DATABASE_URL: NOWHERE }, 'verify', ...paths));
  const withFiles = async (
    files: Readonly<Record<string, string>>,
    args: readonly string[],
    verify: (args: readonly string[]) => Promise<Ended>,
  ): Promise<Ended> => {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-offline-'));
    try {
      for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
      const paths = args.map((arg) => (arg.startsWith('@') ? join(folder, arg.slice(1)) : arg));
      return await verify(paths);
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  const log = fileLines(records, { checkpoint: checkpoint(4) }).join('\n') + '\n';
  const short = fileLines(records.slice(0, 2)).join('\n') + '\n';
  const pub = key.publicPem;
  const line = (n: number) => `noise\n{"level":30,"checkpoint":${formatCheckpoint(checkpoint(n))},"msg":"x"}\n`;

  it('needs nothing but the file and the public key', async () => {
    const args = ['--file', '@log', '--public-key', '@pub'];
    const start = (paths: readonly string[]) => understudy({ DATABASE_URL: NOWHERE }, 'audit', 'verify', ...paths);
    expect(await withFiles({ log, pub }, args, start)).toEqual({
      code: 0,
      stdout: `intact: 4 records, head ${records[3]!.hash}; signed up to record 4\n`,
      stderr: '',
    });
  });

  it.each([
    [1, 'edited', { log: log.replace('R2', 'R9') }],
    [3, 'cut', { log: short, line: line(3) }],
    [4, 'unknown_key', { log, pub: newKey().publicPem }],
    [
      5,
      'bad_signature',
      { log: log.replace('"time":"1970-01-01T00:00:00.000Z","key', '"time":"1980-01-01T00:00:00.000Z","key') },
    ],
    [5, 'unsigned', { log: short }],
    [6, 'truncated', { log: log.slice(0, -20) }],
    [6, 'concatenated', { log: log + log }],
    [6, 'not_a_log', { log: 'a,b,c\n' }],
  ])('tells by exit code %i that it is %s', async (code, reason, files) => {
    const options = 'line' in files ? ['--checkpoint', '@line'] : [];
    const answer = await offline({ pub, ...files }, '--json', '--file', '@log', '--public-key', '@pub', ...options);
    expect(answer.code).toBe(code);
    expect(JSON.parse(answer.stdout)).toMatchObject({ intact: false, reason });
  });

  it.each([
    ['a checkpoint without a key', ['--file', '@log', '--checkpoint', '@line']],
    ['a file that is not there', ['--file', '@absent', '--public-key', '@pub']],
    ['a key that is none', ['--file', '@log', '--public-key', '@log']],
    ['a checkpoint that is none', ['--file', '@log', '--public-key', '@pub', '--checkpoint', '@pub']],
  ])('does not pretend to have checked with %s', async (_, args) => {
    const answer = await offline({ log, pub, line: line(4) }, ...args);
    expect(answer).toMatchObject({ code: 2, stdout: '' });
    expect(answer.stderr).toMatch(/^could not check: /);
  });
});

describe('understudy audit verify', () => {
  it('does not print the password of a database that cannot be reached', async () => {
    const env = { DATABASE_URL: 'postgres://someone:hunter2hunter2@127.0.0.1:1/log' };
    const { code, stdout, stderr } = await understudy(env, 'audit', 'verify', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'store_unavailable' } });
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it.each([[['audit', 'verifi']], [['audit', 'verify', '--jsn']], [['audti']]])(
    'does not take %j for a broken log',
    async (args) => {
      expect(await understudy({}, ...args)).toMatchObject({ code: 2, stdout: '' });
    },
  );
});

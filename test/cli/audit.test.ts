import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { loggedOut } from '../../src/audit/events.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { databases } from '../support/databases.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

function understudy(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

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
    expect(await understudy({ DATABASE_URL: url }, 'audit', 'verify')).toEqual({
      code: 1,
      stdout: 'broken at record 2 (edited): its content is not what was sealed\n',
      stderr: '',
    });
    const { code, stdout } = await understudy({ DATABASE_URL: url }, 'audit', 'verify', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([1, { intact: false, brokenAt: 2, reason: 'edited' }]);
  });

  it('does not call a database intact that is no log', async () => {
    const url = await create();
    const { code, stdout, stderr } = await understudy({ DATABASE_URL: url }, 'audit', 'verify');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^could not check: /);
    if (dialect === 'sqlite') expect(existsSync(url.slice('file:'.length))).toBe(false);
  });

  it('reads the address from a file, as the server does', async () => {
    const { url } = await openLog(1);
    const file = `${(await databases[0]!.create()).slice('file:'.length)}.url`;
    await writeFile(file, `${url}\n`);
    expect(await understudy({ DATABASE_URL_FILE: file }, 'audit', 'verify')).toMatchObject({ code: 0 });
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

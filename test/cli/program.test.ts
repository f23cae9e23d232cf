import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { runCli, type Ended } from './run-cli.ts';

const understudy = (...args: readonly string[]): Promise<Ended> => runCli(args, { cwd: tmpdir() });

describe('understudy', () => {
  it('lists every command in its help', async () => {
    const { code, stdout } = await understudy('--help');
    expect(code).toBe(0);
    const names = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[options\])? {2,}/gm)].map(([, name]) => name);
    expect(names).toEqual(['action', 'check', 'doctor', 'menu', 'audit', 'login', 'logout', 'whoami']);
  });

  it('suggests the nearest name of any', async () => {
    const { code, stderr } = await understudy('logotu');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Did you mean logout?')]);
  });

  it('knows a name that comes second in its group', async () => {
    const { code, stdout } = await understudy('whoami', '--help');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: understudy whoami /)]);
  });
});

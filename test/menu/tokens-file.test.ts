import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptedTokens, type TokensState } from '../../src/menu/tokens.ts';
import { createReadTokens, readTokensFile, updateTokensFile } from '../../src/menu/tokens-file.ts';

const NOW = new Date('2026-05-01T12:00:00Z');
const token = (letter: string) => letter.repeat(32);
const clock = () => new Date();

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-tokens-'));
  path = join(folder, 'tokens.json');
});
afterEach(() => rm(folder, { recursive: true }));

const add = (action: string, letter: string) =>
  updateTokensFile(
    path,
    (state) => {
      const tokens = [{ token: token(letter), made: NOW }, ...(state.get(action)?.tokens ?? [])];
      return new Map([...state, [action, { tokens }]]);
    },
    clock,
  );
const tokensOf = (state: TokensState, action = 'approve') => acceptedTokens(state, action, NOW);

describe('the file of secret tokens', () => {
  it('is made for one account alone, and holds what was put into it', async () => {
    await add('approve', 'a');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(tokensOf(await readTokensFile(path))).toEqual([token('a')]);
    expect(await readdir(folder)).toEqual(['tokens.json']);
  });

  it('loses nothing when many write at once', async () => {
    const letters = 'abcdefgh'.split('');
    await Promise.all(letters.map((letter) => add('approve', letter)));
    expect([...tokensOf(await readTokensFile(path))].sort()).toEqual(letters.map(token));
  });

  it('is written on by others after one was killed in the middle', async () => {
    await writeFile(`${path}.new`, 'half');
    await utimes(`${path}.new`, new Date(0), new Date(0));
    await add('approve', 'a');
    expect(tokensOf(await readTokensFile(path))).toEqual([token('a')]);
  });

  it('stays as it is when what it should become cannot be made', async () => {
    await add('approve', 'a');
    const before = await readFile(path, 'utf8');
    const failing = updateTokensFile(
      path,
      () => {
        throw new Error('no');
      },
      clock,
    );
    await expect(failing).rejects.toMatchObject({ code: 'ami_tokens_unavailable' });
    expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual([before, ['tokens.json']]);
  });

  it('is read anew when it has changed, and gives nothing when it is gone', async () => {
    const read = createReadTokens(path);
    expect(tokensOf(await read())).toEqual([]);
    await add('approve', 'a');
    expect(tokensOf(await read())).toEqual([token('a')]);
    await add('approve', 'b');
    expect(tokensOf(await read())).toEqual([token('b'), token('a')]);
    expect(await read()).toBe(await read());
    await rm(path);
    expect(tokensOf(await read())).toEqual([]);
  });

  it.each([0o640, 0o604, 0o660, 0o622])(
    'gives no tokens with the mode %i, also when it had given some before',
    async (mode) => {
      const read = createReadTokens(path);
      await add('approve', 'a');
      await read();
      await chmod(path, mode);
      await expect(read()).rejects.toMatchObject({
        code: 'ami_tokens_unavailable',
        reason: expect.stringContaining('0600'),
      });
      await expect(add('approve', 'b')).rejects.toMatchObject({ code: 'ami_tokens_unavailable' });
      await chmod(path, 0o600);
      expect(tokensOf(await read())).toEqual([token('a')]);
    },
  );

  it.each([
    ['no JSON', '{'],
    ['another version', '{"version":2,"actions":{}}'],
    ['an unknown key', '{"version":1,"actions":{},"more":1}'],
    [
      'a token that is too short',
      '{"version":1,"actions":{"approve":{"tokens":[{"token":"short","made":"2026-05-01T12:00:00Z"}]}}}',
    ],
    ['an empty token', '{"version":1,"actions":{"approve":{"tokens":[{"token":"","made":"2026-05-01T12:00:00Z"}]}}}'],
    [
      'a time that is none',
      `{"version":1,"actions":{"approve":{"tokens":[{"token":"${token('a')}","made":"2026-05-01T12:00:00Z","until":"soon"}]}}}`,
    ],
    ['a name that is no action', '{"version":1,"actions":{"__proto__":{"tokens":[]},"../x":{"tokens":[]}}}'],
  ])('gives no tokens when it holds %s, and repeats nothing of it', async (_, text) => {
    await writeFile(path, text, { mode: 0o600 });
    const failure = await readTokensFile(path).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ami_tokens_unavailable' });
    expect(JSON.stringify([failure, String(failure), (failure as { reason: string }).reason])).not.toMatch(
      /short|aaaa|soon/,
    );
  });
});

describe('the tokens that verify', () => {
  it('are those whose time is not over, newest first, whether or not the file was cleaned', () => {
    const made = NOW;
    const at = (ms: number) => new Date(NOW.getTime() + ms);
    const tokens = [
      { token: token('n'), made },
      { token: token('s'), made, until: at(1) },
      { token: token('o'), made, until: at(0) },
      { token: token('x'), made, until: at(-1) },
    ];
    expect(acceptedTokens(new Map([['approve', { tokens }]]), 'approve', NOW)).toEqual([token('n'), token('s')]);
  });

  it.each(['constructor', '__proto__', 'retire', ''])('of %j are none', (name) => {
    const state = new Map([['approve', { tokens: [{ token: token('n'), made: NOW }] }]]);
    expect(acceptedTokens(state, name, NOW)).toEqual([]);
  });
});

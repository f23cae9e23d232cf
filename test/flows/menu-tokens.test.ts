/** Clicks that are signed with tokens of the tokens file, which changes under a running server. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatTokens, type KeptToken } from '../../src/menu/tokens.ts';
import { createPerson, resign, type Fields } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const [OLD, NEW] = ['o', 'n'].map((letter) => letter.repeat(40)) as [string, string];
const made = new Date('2026-05-01T12:00:00Z');

let folder: string;
let path: string;
let server: TestServer | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-menu-tokens-'));
  path = join(folder, 'tokens.json');
  server = await startTestServer({ environment: { MENU_TOKENS_FILE: path, AMI_SECRET_TOKENS: '' } });
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const keep = (...tokens: KeptToken[]) =>
  writeFile(path, formatTokens(new Map([['approve', { tokens }]])), { mode: 0o600 });

async function click(secretToken: string, path = '/ami/approve'): Promise<string> {
  const artist = createPerson(server!, 'artist');
  const form: Fields = await artist.formFor([6933]);
  const answer = await artist.post(path, {
    form: resign(form, secretToken),
    cookies: false,
    headers: { accept: 'application/json', 'sec-fetch-site': 'cross-site' },
  });
  return answer.status === 303 ? 'accepted' : String((answer.json as { readonly code: unknown }).code);
}

describe('a server with a file of secret tokens', () => {
  it('starts before there is one, and then believes no click', async () => {
    expect(await click(NEW)).toBe('ami_signature_invalid');
  });

  it('accepts a token from the moment it is written, for its own action alone', async () => {
    await keep({ token: OLD, made });
    expect([await click(OLD), await click(NEW)]).toEqual(['accepted', 'ami_signature_invalid']);
    expect(await click(OLD, '/ami/set-status')).toBe('ami_signature_invalid');
    await keep({ token: NEW, made }, { token: OLD, made, until: new Date(Date.now() + 60_000) });
    expect([await click(OLD), await click(NEW)]).toEqual(['accepted', 'accepted']);
  });

  it('refuses a token whose time is over, though it still stands in the file', async () => {
    await keep({ token: NEW, made }, { token: OLD, made, until: new Date(Date.now() - 1) });
    expect([await click(OLD), await click(NEW)]).toEqual(['ami_signature_invalid', 'accepted']);
  });

  it('accepts nothing while others may read the file, says why to its log alone, and records it', async () => {
    await keep({ token: NEW, made });
    await chmod(path, 0o644);
    expect(await click(NEW)).toBe('ami_tokens_unavailable');
    expect(server!.lines.join('\n')).toContain('make its mode 0600');
    await chmod(path, 0o600);
    expect(await click(NEW)).toBe('accepted');
    expect(server!.lines.join('\n')).not.toMatch(/n{40}|o{40}/);
  });

  it('does not start with such a file', async () => {
    await chmod(path, 0o640);
    await server!.drain();
    await expect(server!.start()).rejects.toMatchObject({ code: 'ami_tokens_unavailable' });
    await chmod(path, 0o600);
    await server!.start();
    expect(await click(NEW)).toBe('accepted');
  });
});

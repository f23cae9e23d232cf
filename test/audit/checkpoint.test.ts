import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  checkCheckpoint,
  formatCheckpoint,
  parseCheckpoint,
  readPublicKeys,
  readSigningKey,
  signCheckpoint,
  splitPems,
} from '../../src/audit/checkpoint.ts';
import { ecsCheckpointLine } from '../../src/audit/ecs.ts';
import { newKey } from './logs.ts';

/** The pair of RFC 8032, section 7.1, test 1. */
const PRIVATE =
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----';
const PUBLIC =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----';
const HEAD = { seq: 3, hash: 'ab'.repeat(32) };
const TIME = new Date('2026-01-02T03:04:05.678Z');

const signed = () => signCheckpoint(HEAD, TIME, readSigningKey(PRIVATE));

describe('a checkpoint', () => {
  it('is what openssl says that this key signs, under the name that openssl gives the key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-openssl-'));
    try {
      const { keyId, signature } = signed();
      const file = (name: string, content: string | Buffer) => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
      };
      const key = file('key.pub.pem', `${PUBLIC}\n`);
      const text = `understudy audit checkpoint v1\n3\n${HEAD.hash}\n2026-01-02T03:04:05.678Z\n${keyId}\n`;
      const der = execFileSync('openssl', ['pkey', '-pubin', '-in', key, '-outform', 'DER']);
      const sum = execFileSync('sha256sum', { input: der }).toString();
      expect(sum.slice(0, 16)).toBe(keyId);
      const files = ['-sigfile', file('signature', Buffer.from(signature, 'base64')), '-in', file('text', text)];
      const said = execFileSync('openssl', ['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', key, ...files]);
      expect(said.toString()).toContain('Verified Successfully');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('survives its own line, and a line of the server’s log', () => {
    const checkpoint = signed();
    expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
    const logLine = JSON.stringify({
      level: 30,
      checkpoint: JSON.parse(formatCheckpoint(checkpoint)) as object,
      msg: 'x',
    });
    expect(parseCheckpoint(logLine)).toEqual(checkpoint);
  });

  it('survives the last line of an export in ECS', () => {
    const line = ecsCheckpointLine(signed());
    expect(parseCheckpoint(line)).toEqual(signed());
    expect(JSON.parse(line)).toMatchObject({ '@timestamp': signed().time, event: { kind: 'state', sequence: 3 } });
    expect(parseCheckpoint('{"understudy":{"checkpoint":3}}')).toBeUndefined();
    expect(parseCheckpoint('{"understudy":null}')).toBeUndefined();
  });

  it('is believed when one of the keys signed it, also an old one', () => {
    const newer = newKey();
    const keys = readPublicKeys([newer.publicPem, PUBLIC]);
    expect(checkCheckpoint(signed(), keys)).toBeUndefined();
    expect(checkCheckpoint(signCheckpoint(HEAD, TIME, newer.signing), keys)).toBeUndefined();
    expect(checkCheckpoint(signed(), newer.keys)).toBe('unknown_key');
  });

  it.each(['size', 'head', 'time', 'signature'] as const)(
    'is not believed when any digit of its %s changes',
    (member) => {
      const keys = readPublicKeys([PUBLIC]);
      const line = formatCheckpoint(signed());
      const value = String(signed()[member]);
      const at = line.indexOf(value);
      for (let position = at; position < at + value.length; position += 1) {
        if (!/[0-9A-Za-z+/=]/.test(line[position]!)) continue;
        for (const digit of ['0', '1', 'B', '=']) {
          if (line[position] === digit) continue;
          const changed = parseCheckpoint(line.slice(0, position) + digit + line.slice(position + 1));
          if (changed !== undefined) expect(checkCheckpoint(changed, keys)).toBe('bad_signature');
        }
      }
    },
  );

  it('cannot be another’s under a known name', () => {
    const forged = { ...signCheckpoint(HEAD, TIME, newKey().signing), keyId: signed().keyId };
    expect(checkCheckpoint(forged, readPublicKeys([PUBLIC]))).toBe('bad_signature');
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"checkpoint":"v1"}',
    '{"checkpoint":"v2","size":1}',
    '{"checkpoint":{"checkpoint":{"checkpoint":"v1"}}}',
    formatCheckpoint({ ...signed(), size: -1 }),
    formatCheckpoint({ ...signed(), size: 1.5 }),
    formatCheckpoint({ ...signed(), head: 'AB'.repeat(32) }),
    formatCheckpoint({ ...signed(), keyId: 'x' }),
    formatCheckpoint({ ...signed(), time: 'yesterday' }),
    formatCheckpoint(signed()).replace('"v1"', '1'),
  ])('is not read out of %j', (line) => {
    expect(parseCheckpoint(line)).toBeUndefined();
  });
});

describe('a key', () => {
  it('stands for its public half', () => {
    expect([...readPublicKeys([PRIVATE]).keys()]).toEqual([...readPublicKeys([PUBLIC]).keys()]);
  });

  it('comes in texts that hold several', () => {
    expect(splitPems(`old\n${PRIVATE}\n\n${PUBLIC}\nend`)).toEqual([PRIVATE, PUBLIC]);
    expect(splitPems('none')).toEqual([]);
  });

  it.each(['', 'x', PRIVATE.replace('MC4C', 'MC4D'), PUBLIC])('that signs nothing is refused: %j', (pem) => {
    expect(() => readSigningKey(pem)).toThrow();
  });

  it('of another kind is refused', () => {
    const rsa = execFileSync('openssl', ['genpkey', '-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(() => readSigningKey(rsa.toString())).toThrow('not an Ed25519 key');
    expect(() => readPublicKeys([rsa.toString()])).toThrow('not an Ed25519 key');
  });
});

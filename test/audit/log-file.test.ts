/**
 * A log in a file under every kind of attack. What ours says is held against a check written in Python from the
 * description of the format alone, on every log here, good and corrupted.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatCheckpoint, signCheckpoint } from '../../src/audit/checkpoint.ts';
import type { Checkpoint, PublicKeys } from '../../src/audit/checkpoint.ts';
import { verifyLogFiles } from '../../src/audit/read-log-file.ts';
import { hashRecord, NO_HASH } from '../../src/audit/record.ts';
import { PYTHON } from '../support/python.ts';
import { fileLines, newKey, sealedLog } from './logs.ts';

const CHECK = fileURLToPath(new URL('independent/check_log.py', import.meta.url));
const CHECK_MANY = fileURLToPath(new URL('independent/check_many.py', import.meta.url));
const SIZE = 6;
const numbers = Array.from({ length: SIZE }, (_, index) => index + 1);
const key = newKey();
const other = newKey();
const records = sealedLog(SIZE);
const lines = fileLines(records);
const at = (n: number) => records[n - 1]!;
const signedAt = (n: number, by = key): Checkpoint =>
  signCheckpoint({ seq: n, hash: n === 0 ? NO_HASH : at(n).hash }, new Date(n * 1000), by.signing);
const withCheckpoint = fileLines(records, { checkpoint: signedAt(SIZE) });

let folder: string;
let checks: ReturnType<typeof startChecks>;
beforeAll(async () => {
  checks = startChecks();
  folder = await mkdtemp(join(tmpdir(), 'understudy-log-file-'));
  await writeFile(join(folder, 'key.pub.pem'), key.publicPem);
});
afterAll(async () => {
  checks.stop();
  await rm(folder, { recursive: true });
});

let files = 0;
async function keep(content: string | Buffer): Promise<string> {
  const path = join(folder, `log-${++files}`);
  await writeFile(path, content);
  return path;
}
const textOf = (list: readonly string[]) => list.map((line) => `${line}\n`).join('');

type Given = { readonly checkpoints?: readonly Checkpoint[]; readonly keys?: PublicKeys };

async function ours(content: string | Buffer, { checkpoints = [], keys }: Given = {}) {
  return verifyLogFiles([await keep(content)], { checkpoints, keys });
}

async function python(content: string | Buffer, { checkpoints = [], keys }: Given = {}) {
  const args = [await keep(content)];
  if (checkpoints.length > 0) {
    args.push('--checkpoint', await keep(checkpoints.map((one) => `${formatCheckpoint(one)}\n`).join('')));
  }
  if (keys !== undefined) args.push('--public-key', join(folder, 'key.pub.pem'));
  return checks.ask(args);
}

type PythonAnswer = { readonly code: unknown; readonly answer: unknown };

/** The check in a process that stays: one after the other, in the order asked. */
function startChecks() {
  const child = spawn(PYTHON ?? 'python3', [CHECK_MANY], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(args: readonly string[]): Promise<PythonAnswer> {
      child.stdin.write(`${JSON.stringify(args)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error('the check in Python broke; what it says is above');
      return JSON.parse(value) as PythonAnswer;
    },
    stop: () => child.kill(),
  };
}

const CODES: Readonly<Record<string, number>> = {
  cut: 3,
  bad_signature: 5,
  truncated: 6,
  concatenated: 6,
  not_a_log: 6,
};

/** Both checks name the same record, and the same kind of trouble. */
async function expectBroken(content: string | Buffer, brokenAt: number, reason: string, given: Given = {}) {
  expect(await ours(content, given)).toEqual({ intact: false, brokenAt, reason });
  expect(await python(content, given)).toEqual({ code: CODES[reason] ?? 1, answer: { intact: false, brokenAt } });
}

async function expectIntact(content: string | Buffer, given: Given = {}) {
  const head = at(SIZE).hash;
  expect(await ours(content, given)).toMatchObject({ intact: true, size: SIZE, head });
  expect(await python(content, given)).toEqual({ code: 0, answer: { intact: true, size: SIZE, head } });
}

const change = (n: number, line: string) => textOf(lines.with(n, line));

describe('a log in a file', () => {
  it('is intact as it was written, also compressed, also signed', async () => {
    await expectIntact(textOf(lines));
    await expectIntact(gzipSync(textOf(lines)));
    await expectIntact(textOf(withCheckpoint), { keys: key.keys });
    expect(await ours(zstdCompressSync(textOf(lines)))).toMatchObject({ intact: true });
    expect(await ours(textOf(withCheckpoint), { keys: key.keys })).toMatchObject({ signedUpTo: SIZE });
    expect(await ours(textOf(withCheckpoint))).not.toHaveProperty('signedUpTo');
  });

  it('may be empty, and says so', async () => {
    const empty = textOf(fileLines([]));
    expect(await ours(empty)).toEqual({ intact: true, size: 0, head: NO_HASH });
    expect(await python(empty)).toMatchObject({ code: 0 });
  });

  it('may begin later, and says where', async () => {
    const part = textOf(fileLines(records.slice(2), { after: at(2) }));
    expect(await ours(part)).toEqual({ intact: true, size: SIZE, head: at(SIZE).hash, after: 2 });
    expect(await python(part)).toMatchObject({ code: 0 });
  });

  it('may be in several files that continue each other, and in no other order', async () => {
    const first = await keep(textOf(fileLines(records.slice(0, 3), { checkpoint: signedAt(3) })));
    const second = await keep(gzipSync(textOf(fileLines(records.slice(3), { after: at(3), checkpoint: signedAt(6) }))));
    const verify = (...paths: string[]) => verifyLogFiles(paths, { checkpoints: [signedAt(5)], keys: key.keys });
    expect(await verify(first, second)).toEqual({ intact: true, size: 6, head: at(6).hash, signedUpTo: 6 });
    expect(await verify(second, first)).toMatchObject({ intact: false, brokenAt: 7, reason: 'inserted' });
    const gap = await keep(textOf(fileLines(records.slice(4), { after: at(4) })));
    expect(await verify(first, gap)).toEqual({ intact: false, brokenAt: 4, reason: 'missing' });
    const foreign = sealedLog(6, 'other');
    const another = await keep(textOf(fileLines(foreign.slice(3), { after: foreign[2]! })));
    expect(await verify(first, another)).toEqual({ intact: false, brokenAt: 3, reason: 'rewritten' });
  });

  it.each(numbers)('with an edited record %i names it', async (n) => {
    await expectBroken(change(n, lines[n]!.replace('artist', 'nobody')), n, 'edited');
    await expectBroken(change(n, `${'0'.repeat(64)}${lines[n]!.slice(64)}`), n, 'edited');
    await expectBroken(change(n, ''), n, 'edited');
    await expectBroken(change(n, `${lines[n]}\r`), n, 'edited');
    await expectBroken(change(n, lines[n]!.replace(' ', '\t')), n, 'edited');
  });

  it('with any one bit of it flipped is not intact, and both checks name the same record', async () => {
    const good = Buffer.from(textOf(lines.slice(0, 4).concat(fileLines(records.slice(0, 3)).slice(-1))));
    // Every bit for ours; the other, a process each, for some.
    for (let position = 0; position < good.length; position += 1) {
      const flipped = Buffer.from(good);
      flipped[position]! ^= 1 << (position % 8);
      const result = await ours(flipped);
      expect(result.intact).toBe(false);
      if (position % 101 !== 0 || result.intact) continue;
      expect((await python(flipped)).answer).toEqual({ intact: false, brokenAt: result.brokenAt });
    }
  });

  it.each(numbers)('without record %i says that it is missing', async (n) => {
    await expectBroken(textOf(lines.toSpliced(n, 1)), n, 'missing');
  });

  it.each(numbers)('with something put in before record %i says so', async (n) => {
    const line = at(n).line.replace('artist', 'forger');
    const forged = `${hashRecord(n === 1 ? NO_HASH : at(n - 1).hash, line)} ${line}`;
    await expectBroken(textOf(lines.toSpliced(n, 0, forged)), n + 1, 'inserted');
  });

  it.each(numbers.slice(1))('with record 1 and record %i exchanged says so', async (n) => {
    await expectBroken(textOf(lines.with(1, lines[n]!).with(n, lines[1]!)), 1, 'reordered');
  });

  it('cut short anywhere is not taken for a shorter log', async () => {
    const whole = textOf(lines);
    for (let line = 1; line < lines.length; line += 1) {
      await expectBroken(textOf(lines.slice(0, line)), line, 'truncated');
    }
    for (let length = 0; length < whole.length; length += 397) {
      const result = await ours(whole.slice(0, length));
      expect(result).toMatchObject({ intact: false });
      expect((await python(whole.slice(0, length))).answer).toMatchObject({ intact: false });
    }
    expect(await ours(whole.slice(0, -1))).toMatchObject({ reason: 'truncated' });
  });

  it('cut short while compressed is found too', async () => {
    const packed = gzipSync(textOf(lines));
    for (const length of [packed.length - 1, packed.length - 9, 40]) {
      expect(await ours(packed.subarray(0, length))).toMatchObject({ intact: false });
      expect((await python(packed.subarray(0, length))).answer).toMatchObject({ intact: false });
    }
    const damaged = Buffer.from(packed);
    damaged[Math.floor(packed.length / 2)]! ^= 0xff;
    expect(await ours(damaged)).toMatchObject({ intact: false });
    expect(await ours(zstdCompressSync(textOf(lines)).subarray(0, -3))).toMatchObject({ intact: false });
  });

  it('put together from two is neither', async () => {
    await expectBroken(textOf([...lines, ...lines]), SIZE + 1, 'concatenated');
    await expectBroken(Buffer.concat([gzipSync(textOf(lines)), gzipSync(textOf(lines))]), SIZE + 1, 'concatenated');
    await expectBroken(textOf([...lines, '']), SIZE + 1, 'concatenated');
  });

  it.each(['', '\n', 'hello\n', '{}\n', '\u0000', textOf(lines.slice(1)), textOf(lines).replace('v1', 'v2')])(
    'that is none is called none',
    async (content) => {
      await expectBroken(content, 1, 'not_a_log');
    },
  );

  it('that is not there is an error, not an answer', async () => {
    await expect(verifyLogFiles([join(folder, 'absent')], { checkpoints: [], keys: undefined })).rejects.toThrow(
      'ENOENT',
    );
  });
});

describe('a log in a file, held against checkpoints', () => {
  it.each(numbers)('kept when it had %i records is what it was', async (n) => {
    await expectIntact(textOf(lines), { checkpoints: [signedAt(n)], keys: key.keys });
  });

  it.each(numbers.slice(1))('has lost its end when it is cut before record %i', async (n) => {
    const cut = fileLines(records.slice(0, n - 1));
    await expectBroken(textOf(cut), n, 'cut', { checkpoints: [signedAt(n)], keys: key.keys });
    // Without it nobody can tell.
    expect(await ours(textOf(cut))).toMatchObject({ intact: true, size: n - 1 });
  });

  it('is another log when it was made anew from some record on', async () => {
    const anew = textOf(fileLines(sealedLog(SIZE + 2, 'forger')));
    for (const n of numbers) {
      await expectBroken(anew, n, 'rewritten', { checkpoints: [signedAt(n)], keys: key.keys });
    }
  });

  it('does not believe one that somebody else signed, or that was changed', async () => {
    const foreign = { checkpoints: [signedAt(3, other)], keys: key.keys };
    expect(await ours(textOf(lines), foreign)).toEqual({ intact: false, brokenAt: 3, reason: 'unknown_key' });
    const changed = { checkpoints: [{ ...signedAt(3), size: 4, head: at(4).hash }], keys: key.keys };
    await expectBroken(textOf(lines), 4, 'bad_signature', changed);
  });

  it('cannot be slandered by one that nobody signed', async () => {
    const lie = { ...signedAt(3), size: 900 };
    expect(await ours(textOf(lines), { checkpoints: [lie], keys: key.keys })).toMatchObject({
      reason: 'bad_signature',
    });
    const cut = await ours(textOf(fileLines(records.slice(0, 2))), { checkpoints: [lie, signedAt(4)], keys: key.keys });
    expect(cut).toEqual({ intact: false, brokenAt: 3, reason: 'cut' });
  });

  it('is not vouched for by one in the file that speaks of another record', async () => {
    for (const checkpoint of [signedAt(5), { ...signedAt(SIZE), head: 'f'.repeat(64) }]) {
      await expectBroken(textOf(fileLines(records, { checkpoint })), checkpoint.size, 'rewritten');
    }
  });

  it('that was stripped of its signature does not pass with a key', async () => {
    expect(await ours(textOf(lines), { keys: key.keys })).toEqual({
      intact: false,
      brokenAt: SIZE,
      reason: 'unsigned',
    });
  });

  it('says what is wrong with a record rather than with a signature', async () => {
    const edited = withCheckpoint.with(2, withCheckpoint[2]!.replace('artist', 'nobody'));
    expect(await ours(textOf(edited), { keys: other.keys })).toMatchObject({ brokenAt: 2, reason: 'edited' });
  });

  it('goes on being believed after its key was replaced, as long as the old one is given', async () => {
    const keys = new Map([...other.keys, ...key.keys]);
    const checkpoints = [signedAt(2), signedAt(5, other)];
    expect(await ours(textOf(lines), { checkpoints, keys })).toMatchObject({ intact: true, signedUpTo: 5 });
    expect(await ours(textOf(lines), { checkpoints, keys: other.keys })).toMatchObject({ reason: 'unknown_key' });
  });
});

it('is checked by a program that answers by its exit code too', async () => {
  const run = async (content: string) =>
    spawnSync(PYTHON ?? 'python3', [CHECK, await keep(content)], { encoding: 'utf8' });
  expect(await run(textOf(lines))).toMatchObject({ status: 0, stdout: expect.stringContaining('"intact": true') });
  expect(await run(textOf(lines.toSpliced(2, 1)))).toMatchObject({ status: 1, stdout: expect.stringContaining('2') });
});

it('is checked by a program that knows the format from its description alone', async () => {
  const source = await readFile(CHECK, 'utf8');
  expect(source.match(/^import .*$/gm)).toEqual(
    ['argparse', 'base64', 'hashlib', 'json', 're', 'subprocess', 'sys', 'tempfile', 'zlib'].map((m) => `import ${m}`),
  );
});

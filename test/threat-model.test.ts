/** The threat model of the README points at tests: each is there, under that name, in a file that Jest runs. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const chapter = readFileSync(`${ROOT}README.md`, 'utf8').split('\n## Threat model\n')[1]?.split('\n## ', 1)[0] ?? '';
const rows = chapter
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('the threat model', () => {
  it.each(rows.map(([threat = '', , , tests = '']) => [threat, tests] as const))(
    'has tests for “%s” that exist',
    (_threat, tests) => {
      const named = [...tests.matchAll(/`(test\/[^`]+\.test\.ts)`: "([^"]+)"/g)];
      expect(named.length).toBeGreaterThan(0);
      // Nothing stands in the cell that is no test.
      expect(tests).toBe(named.map(([text]) => text).join('; '));
      for (const [, file = '', name = ''] of named) {
        expect([file, existsSync(`${ROOT}${file}`)]).toEqual([file, true]);
        const source = readFileSync(`${ROOT}${file}`, 'utf8');
        expect([file, name, [`'${name}`, `\`${name}`].some((title) => source.includes(title))]).toEqual([
          file,
          name,
          true,
        ]);
      }
    },
  );

  it('says of each threat what stops it', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const row of rows) {
      expect(row).toHaveLength(4);
      expect(row.every((cell) => cell.length > 1)).toBe(true);
    }
  });

  it('answers to every chapter of ASVS 5 that concerns a server like this', () => {
    const chapters = new Set(rows.flatMap(([, , asvs = '']) => asvs.split(', ')));
    expect([...chapters].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))).toEqual(
      Array.from({ length: 16 }, (_, at) => `V${at + 1}`),
    );
    expect(chapter).toContain('V17');
  });
});

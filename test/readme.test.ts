/** What the README says against what is there: a document that nobody checks is wrong after a month. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parseYamlAction } from '../src/actions/yaml/file.ts';
import { ConfigError, parseConfig, type Environment } from '../src/config/config.ts';
import { MEANINGS } from '../src/config/meanings.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const readme = read('README.md');

function read(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8');
}

/** The cells of the rows of the table whose first heading is `heading` and that stands under `section`. */
function tableOf(section: string, heading: string): readonly (readonly string[])[] {
  const text = readme.slice(readme.indexOf(`\n## ${section}\n`));
  const table = text.slice(text.search(new RegExp(`\\n\\| ${heading} +\\|`)) + 1).split('\n\n', 1)[0] ?? '';
  const rows = table.split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function codesIn(cells: readonly string[]): readonly string[] {
  return cells.map((cell) => /^`([^`]+)`$/.exec(cell)?.[1] ?? cell);
}

/** By which a heading is led to, as the forges make it. */
function anchorOf(heading: string): string {
  const bare = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
  return bare.replaceAll(' ', '-');
}

/** Code blocks of one language under a section. */
function blocksOf(section: string, language: string): readonly string[] {
  const from = readme.indexOf(`\n## ${section}\n`);
  const to = readme.indexOf('\n## ', from + 1);
  const blocks = readme
    .slice(from, to === -1 ? undefined : to)
    .matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'));
  return [...blocks].map(([, block = '']) => block);
}

/** What a variable is when it is not set, as the README writes it. */
function variablesOfSource(): ReadonlyMap<string, string> {
  const source = read('src/config/variables.ts');
  const object = source.slice(source.indexOf('z.object({'), source.indexOf('\n});'));
  return new Map(
    [...object.matchAll(/^ {2}([A-Z][A-Z0-9_]+): (.*?)(?=^ {2}[A-Z]|^ {2}\/\/|$(?![^]))/gms)].map(
      ([, name = '', rule = '']) => [name, defaultOf(rule)],
    ),
  );
}

function defaultOf(rule: string): string {
  const given = /\.default\(\s*(.*?),?\s*\),?\s*$/s.exec(rule)?.[1];
  if (given === undefined) return rule.includes('.optional()') ? 'none' : 'required';
  if (given === '[]') return 'none';
  return `\`${given.replaceAll(/^'|'$|(?<=\d)_(?=\d)/g, '')}\``;
}

function problemsOf(env: Environment): readonly string[] {
  try {
    parseConfig(env, () => 'content');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration table of the README', () => {
  const rows = tableOf('Configuration', 'variable');

  it('names exactly the variables that the server reads, with their defaults', () => {
    const written = new Map(rows.map(([name = '', value = '']) => [name.replaceAll('`', ''), value]));
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(variablesOfSource()));
    expect(written.size).toBeGreaterThan(20);
  });

  it('says of each what the server’s own example file says', () => {
    const written = new Map(rows.map(([name = '', , , meaning]) => [name.replaceAll('`', ''), meaning]));
    const known = new Map(Object.entries(MEANINGS).map(([name, { meaning }]) => [name, meaning]));
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(known));
  });

  it('marks exactly those as secret that may come from a file', () => {
    for (const [cell = '', , secret] of rows) {
      const name = cell.replaceAll('`', '');
      const takesFile = problemsOf({ [name]: 'x', [`${name}_FILE`]: '/a/file' }).some((problem) =>
        problem.startsWith(`${name}: set either`),
      );
      expect([name, secret]).toEqual([name, takesFile ? 'yes' : '']);
    }
  });

  it('is complete for the example: the server accepts it', () => {
    const [example = ''] = blocksOf('Set up your studio', 'ini');
    const env = Object.fromEntries(
      example
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/, 2)),
    ) as Environment;
    const { config } = parseConfig(env, () => 'a secret that is long enough for anything');
    expect(config.publicUrl).toBe(env['PUBLIC_URL']);
  });
});

describe('the refusal table of the README', () => {
  it('names exactly the codes that the server has, each with its status', () => {
    // What a command prints is no page.
    const files = globSync('src/**/*.ts', { cwd: ROOT }).filter((path) => !path.startsWith('src/cli'));
    const classes = files
      .map(read)
      .join('\n')
      .split(/^export (?:abstract )?class /m);
    const known = new Map<string, string | undefined>();
    for (const text of classes) {
      const code = /readonly code = '(\w+)'/.exec(text)?.[1];
      if (code !== undefined) known.set(code, /readonly status = (\d+)/.exec(text)?.[1]);
    }
    const written = new Map(tableOf('Refusals', 'code').map(([code = '', status]) => [codesIn([code])[0], status]));
    expect([...written.keys()].sort()).toEqual([...known.keys()].sort());
    for (const [code, status] of known) {
      if (status === undefined) expect(written.get(code)).toMatch(/^[45]xx$/);
      else expect([code, written.get(code)]).toEqual([code, status]);
    }
  });
});

describe('the README', () => {
  it('shows an action file that is one', () => {
    const [file = ''] = blocksOf('Write an action', 'yaml');
    expect(parseYamlAction('approve', file)).toMatchObject({ action: { title: 'Approve' } });
  });

  it('shows by hand what a record’s hash is', () => {
    const [commands = ''] = blocksOf('The audit log', 'sh');
    const printed = execFileSync('/bin/sh', ['-c', commands], { encoding: 'utf8' }).split(' ', 1)[0] ?? '';
    expect(printed).toMatch(/^[0-9a-f]{64}$/);
    expect(readme).toContain(`prints \`${printed}\``);
    expect(read('src/audit/record.ts')).toContain(printed);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/\bnpm (?:run (?:--silent )?([\w:]+)|(test|start))\b/g)];
    expect(named.length).toBeGreaterThan(8);
    for (const [, script, short] of named) expect(Object.keys(scripts)).toContain(script ?? short);
  });

  it('links to nothing that is not there', () => {
    const targets = [...readme.matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) => target);
    const local = targets.filter((target) => !/^https?:/.test(target));
    expect(local.length).toBeGreaterThan(4);
    expect(local.filter((target) => !existsSync(`${ROOT}${target}`))).toEqual([]);
  });

  it('leads to chapters of its own that are there', () => {
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
    const targets = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => !headings.includes(target))).toEqual([]);
  });

  it('says what each difference from ShotGrid’s event log means', () => {
    const source = read('src/audit/reconcile.ts');
    const kinds = /export type FindingKind =(.*?)\n\n/s.exec(source)?.[1]?.match(/(?<=\| ')\w+(?=')/g) ?? [];
    expect(kinds.length).toBeGreaterThan(5);
    expect(codesIn(tableOf('The audit log', 'difference').map(([code = '']) => code))).toEqual(kinds);
  });

  it('names folders and files that exist', () => {
    const paths = [...readme.matchAll(/`((?:src|infra|test)\/[\w./-]+)`/g)].map(([, path = '']) => path);
    const made = ['infra/.env', 'infra/secrets/'];
    expect(paths.filter((path) => !made.includes(path) && !existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});

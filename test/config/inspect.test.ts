import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/config.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { exampleEnvironment } from '../../src/config/example.ts';
import { inspectConfig } from '../../src/config/inspect.ts';

const EXAMPLE = fileURLToPath(new URL('../../infra/example.env', import.meta.url));
const noFiles = (): string => {
  throw new Error('no such file');
};
const inspect = (env: Record<string, string>) => inspectConfig(env, noFiles);

describe('inspectConfig', () => {
  it('tells everything that is missing, and still gives a configuration', () => {
    const { config, problems, unusable } = inspect({});
    const required = VARIABLES.filter(({ isRequired }) => isRequired).map(({ name }) => name);
    expect(problems).toEqual(required.map((name) => `${name}: is required`));
    expect([...unusable].sort()).toEqual([...required].sort());
    expect(config.port).toBe(8080);
  });

  it('keeps what is good beside what is bad', () => {
    const { config, unusable } = inspect({
      SHOTGRID_URL: 'https://site.example',
      PORT: 'nonsense',
      LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({ shotgridUrl: 'https://site.example', port: 8080, logLevel: 'debug' });
    expect(unusable.has('PORT')).toBe(true);
    expect(unusable.has('SHOTGRID_URL')).toBe(false);
  });

  it('finds what only the parts together show, and a list of tokens that is too short', () => {
    const { problems, secrets, unusable } = inspect({
      PUBLIC_URL: 'http://studio.example',
      PORT: 'nonsense',
      AMI_SECRET_TOKENS_APPROVE: 'short',
      REMOTE_SECRET_FARM_FILE: '/nowhere',
      SESSION_SECRETS_FILE: '/nowhere',
    });
    expect(problems).toEqual(
      expect.arrayContaining([
        'PUBLIC_URL: must be https, except on localhost',
        'AMI_SECRET_TOKENS_APPROVE: every entry needs at least 8 characters',
        'REMOTE_SECRET_FARM_FILE: the file cannot be read',
        'SESSION_SECRETS_FILE: the file cannot be read',
      ]),
    );
    for (const name of ['AMI_SECRET_TOKENS_APPROVE', 'REMOTE_SECRET_FARM', 'SESSION_SECRETS', 'PUBLIC_URL']) {
      expect([name, unusable.has(name)]).toEqual([name, true]);
    }
    expect(secrets.amiSecretTokensByName.size).toBe(0);
  });
});

describe('the example file', () => {
  it('is what the schema says now: node src/cli.ts check --example > infra/example.env', () => {
    expect(readFileSync(EXAMPLE, 'utf8')).toBe(exampleEnvironment());
  });

  it('names every variable once, and the server takes it as it is', () => {
    const lines = exampleEnvironment().split('\n');
    const names = lines.flatMap((line) => /^#?([A-Z_]+)=/.exec(line)?.[1] ?? []);
    const known = VARIABLES.map(({ name }): string => name);
    // A secret may stand there as the name of a file.
    expect(names.map((name) => (known.includes(name) ? name : name.replace(/_FILE$/, '')))).toEqual(known);
    const env = Object.fromEntries(
      lines.flatMap((line) => {
        const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
        return name === undefined || value === undefined ? [] : [[name, value]];
      }),
    );
    expect(parseConfig(env, () => 'a secret that is long enough for anything').config.scriptName).toBe('understudy');
  });

  it('changes nothing when the marks before its defaults are taken off', () => {
    const read = (text: string) => {
      const pairs = [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
      return parseConfig(
        Object.fromEntries(pairs) as Record<string, string>,
        () => 'a secret that is long enough for anything',
      );
    };
    const uncommented = exampleEnvironment().replaceAll(/^#(?=[A-Z_]+=)/gm, '');
    expect(JSON.stringify(read(uncommented))).toBe(JSON.stringify(read(exampleEnvironment())));
  });
});

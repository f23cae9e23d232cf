import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';

type Service = {
  readonly read_only?: boolean;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};

const compose = parse(readFileSync(new URL('../../infra/compose.yaml', import.meta.url), 'utf8')) as Compose;
const understudy = compose.services['understudy']!;

/** What a studio would type into `.env`. */
const STUDIO: Readonly<Record<string, string>> = {
  PUBLIC_URL: 'https://understudy.studio.example',
  SHOTGRID_URL: 'https://studio.shotgrid.example',
  OIDC_ISSUER_URL: 'https://idp.studio.example',
};
const SECRETS: Readonly<Record<string, string>> = {
  database_url: 'postgres://understudy:sesame@postgres/understudy\n',
};

function substituted(text: string): string {
  return text.replaceAll(/\$\{(\w+):([?-])([^}]*)\}/g, (_, name: string, kind: string, fallback: string) => {
    const value = STUDIO[name] ?? fallback;
    if (kind === '?' && value === '') throw new Error(`${name} is not set`);
    return value;
  });
}

describe('infra/compose.yaml', () => {
  it('gives the server a configuration that it accepts, every secret from a file', () => {
    const env = Object.fromEntries(
      Object.entries(understudy.environment ?? {}).map(([name, value]) => [name, substituted(value)]),
    );
    const read: string[] = [];
    const { config, secrets } = parseConfig(env, (path) => {
      const name = /^\/run\/secrets\/(\w+)$/.exec(path)![1]!;
      read.push(name);
      return SECRETS[name] ?? 'a secret that is long enough for anything\n';
    });
    expect(config.publicUrl).toBe(STUDIO['PUBLIC_URL']);
    expect(secrets.databaseUrl).toBe(SECRETS['database_url']!.trim());
    expect([...read].sort()).toEqual([...(understudy.secrets ?? [])].sort());
  });

  it('defines every secret that a service is given, as a file outside the repository', () => {
    const given = Object.values(compose.services).flatMap(({ secrets = [] }) => secrets);
    expect(Object.keys(compose.secrets).sort()).toEqual([...given].sort());
    const ignored = readFileSync(new URL('../../.gitignore', import.meta.url), 'utf8').split('\n');
    expect(ignored).toContain('infra/secrets/');
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\/\w+$/);
  });

  it('writes to no container and opens no port but the server’s own, to this machine', () => {
    for (const service of Object.values(compose.services)) expect(service.read_only).toBe(true);
    const published = Object.entries(compose.services).filter(([, { ports = [] }]) => ports.length > 0);
    expect(published.map(([name, { ports }]) => [name, ports])).toEqual([['understudy', ['127.0.0.1:8080:8080']]]);
    for (const name of ['postgres', 'redis']) expect(compose.services[name]?.networks).toEqual(['inside']);
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, parseConfig, type Environment } from '../../src/config/config.ts';

const good: Environment = {
  PUBLIC_URL: 'https://understudy.studio.example',
  SHOTGRID_URL: 'https://studio.shotgrid.autodesk.com/',
  SHOTGRID_SCRIPT_NAME: 'understudy',
  SHOTGRID_SCRIPT_KEY: 'a-script-key',
  AMI_SECRET_TOKENS: 'new-token-1, old-token-1',
  OIDC_ISSUER_URL: 'https://idp.studio.example/realms/studio',
  OIDC_CLIENT_ID: 'understudy',
  OIDC_CLIENT_SECRET: 'client-secret',
  SESSION_SECRETS: 'n'.repeat(32) + ',' + 'o'.repeat(40),
};

const noFiles = (): string => {
  throw new Error('no such file');
};

function problemsOf(env: Environment, readFile: (path: string) => string = noFiles): readonly string[] {
  try {
    parseConfig(env, readFile);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  it('takes the documented defaults when only what is required is set', () => {
    const { config, secrets } = parseConfig(good, noFiles);
    expect(config).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      trustProxy: false,
      shotgridUrl: 'https://studio.shotgrid.autodesk.com',
      ami: { algorithm: 'sha1', maxAgeSeconds: 10 },
      oidc: { scopes: 'openid profile email', loginClaim: 'preferred_username', groupsClaim: 'groups' },
      adminGroups: [],
      auditorGroups: [],
      sudoPolicy: 'flag',
      audit: { checkpointEveryRecords: 1_000, checkpointEveryMinutes: 10 },
    });
    expect(secrets.auditCheckpointKeys).toEqual([]);
    expect(secrets.amiSecretTokens).toEqual(['new-token-1', 'old-token-1']);
    expect(secrets.databaseUrl).toBe('file:./data/understudy.db');
  });

  describe('with LEGACY_LOGIN=on', () => {
    const alone: Environment = {
      ...good,
      LEGACY_LOGIN: 'on',
      OIDC_ISSUER_URL: undefined,
      OIDC_CLIENT_ID: '',
      OIDC_CLIENT_SECRET: undefined,
    };

    it('needs no provider, and takes one', () => {
      const without = parseConfig(alone, noFiles);
      expect(without.config).toMatchObject({ legacyLogin: true, oidc: { provider: undefined, tokenExchange: 'off' } });
      expect(without.secrets.oidcClientSecret).toBeUndefined();
      const { config } = parseConfig({ ...good, LEGACY_LOGIN: 'on' }, noFiles);
      expect(config.oidc.provider?.clientId).toBe('understudy');
      expect(parseConfig(good, noFiles).config.legacyLogin).toBe(false);
    });

    it('wants all of a provider or nothing of it, and nothing is optional when it is off', () => {
      const rest = ['OIDC_CLIENT_ID: is required', 'OIDC_CLIENT_SECRET: is required'];
      expect(problemsOf({ ...alone, OIDC_ISSUER_URL: 'https://idp.studio.example' })).toEqual(rest);
      const all = ['OIDC_ISSUER_URL: is required', ...rest];
      expect(problemsOf({ ...alone, OIDC_GROUPS_CLAIM: 'groups' })).toEqual(all);
      expect(problemsOf({ ...alone, LEGACY_LOGIN: 'off' })).toEqual(all);
    });
  });

  it('takes the keys of checkpoints, newest first, with real or spelled line ends', () => {
    const pem = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const [newer, older] = [pem(), pem()];
    const keysOf = (text: string) =>
      parseConfig({ ...good, AUDIT_CHECKPOINT_KEYS: text }, noFiles).secrets.auditCheckpointKeys;
    const expected = [newer, older].map((key) => key.trim());
    expect(keysOf(`${newer}${older}`)).toEqual(expected);
    expect(keysOf(`${newer}${older}`.replaceAll('\n', '\\n'))).toEqual(expected);
    const read = (path: string) => (path === '/run/keys' ? newer : noFiles());
    expect(
      parseConfig({ ...good, AUDIT_CHECKPOINT_KEYS_FILE: '/run/keys' }, read).secrets.auditCheckpointKeys,
    ).toHaveLength(1);
    const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    for (const bad of ['not a key', newer.slice(0, 60), `${newer}${String(rsa)}`]) {
      expect(problemsOf({ ...good, AUDIT_CHECKPOINT_KEYS: bad })).toEqual([
        'AUDIT_CHECKPOINT_KEYS: must be Ed25519 private keys in PEM, as "understudy audit keygen" prints them',
      ]);
    }
  });

  it('sends records and checkpoints nowhere unencrypted, except on this machine', () => {
    for (const name of ['AUDIT_CHECKPOINT_URL', 'AUDIT_SINK_URL']) {
      expect(problemsOf({ ...good, [name]: 'http://collector.studio.example/' })).toHaveLength(1);
      expect(problemsOf({ ...good, [name]: 'http://127.0.0.1:9200/' })).toEqual([]);
      expect(problemsOf({ ...good, [name]: 'https://u:p@collector.studio.example/' })).toEqual([]);
    }
  });

  it('keeps every secret out of the part that may be logged', () => {
    const env = {
      ...good,
      DATABASE_URL: 'postgres://u:db-password@db/understudy',
      REDIS_URL: 'redis://:redis-password@cache',
      SHOTGRID_PROXY: 'http://u:proxy-password@proxy:3128',
    };
    const logged = JSON.stringify(parseConfig(env, noFiles).config);
    for (const secret of ['a-script-key', 'token-1', 'client-secret', 'nnnn', 'oooo', 'password']) {
      expect(logged).not.toContain(secret);
    }
  });

  it('names every bad variable at once and echoes none of their values', () => {
    const env = {
      ...good,
      PUBLIC_URL: 'http://evil-value-1.example',
      PORT: 'evil-value-2',
      SESSION_SECRETS: 'evil-value-3',
      AMI_MAX_AGE_SECONDS: '-1evil-value-4',
      SUDO_POLICY: 'evil-value-5',
      REDIS_URL: 'evil-value-6',
      SHOTGRID_SCRIPT_KEY: undefined,
    };
    const problems = problemsOf(env);
    for (const name of [
      'PORT',
      'SESSION_SECRETS',
      'AMI_MAX_AGE_SECONDS',
      'SUDO_POLICY',
      'REDIS_URL',
      'SHOTGRID_SCRIPT_KEY',
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${name}:`))).toHaveLength(1);
    }
    expect(problems.join()).not.toContain('evil-value');
  });

  it.each(['PUBLIC_URL', 'SHOTGRID_URL', 'OIDC_ISSUER_URL'])(
    'refuses plain http for %s away from this machine',
    (name) => {
      expect(problemsOf({ ...good, [name]: 'http://studio.example' }).join()).toContain(`${name}: must be https`);
      expect(problemsOf({ ...good, [name]: 'http://localhost:8081' })).toEqual([]);
    },
  );

  it.each(Object.keys(good))('has no default for %s', (name) => {
    expect(problemsOf({ ...good, [name]: '' })).toEqual([`${name}: is required`]);
  });

  it.each(['https://a.example/path', 'https://user@a.example', 'https://a.example/?q', 'ftp://a.example', 'a.example'])(
    'refuses %s as an origin',
    (value) => {
      expect(problemsOf({ ...good, PUBLIC_URL: value })).toHaveLength(1);
    },
  );

  it('reads a secret from the file that <NAME>_FILE names, without its final newline', () => {
    const env = { ...good, SHOTGRID_SCRIPT_KEY: undefined, SHOTGRID_SCRIPT_KEY_FILE: '/run/secrets/key' };
    const { secrets } = parseConfig(env, (path) => `${path.slice(-3)}-from-file\n`);
    expect(secrets.scriptKeys).toEqual(['key-from-file']);
  });

  it('refuses a secret given both ways, and a file that cannot be read', () => {
    expect(problemsOf({ ...good, SESSION_SECRETS_FILE: '/x' }).join()).toContain('not both');
    expect(problemsOf({ ...good, SESSION_SECRETS: undefined, SESSION_SECRETS_FILE: '/x' }).join()).toContain(
      'SESSION_SECRETS_FILE: the file cannot be read',
    );
  });

  it('collects the token lists that single actions name', () => {
    const env = { ...good, AMI_SECRET_TOKENS_APPROVE: 'approve-token', AMI_SECRET_TOKENS_RETIRE_FILE: '/r' };
    const { secrets } = parseConfig(env, () => 'retire-token');
    expect([...secrets.amiSecretTokensByName]).toEqual([
      ['AMI_SECRET_TOKENS_APPROVE', ['approve-token']],
      ['AMI_SECRET_TOKENS_RETIRE', ['retire-token']],
    ]);
  });

  it('does not take the file of the common tokens for a list of its own', () => {
    const env = { ...good, AMI_SECRET_TOKENS: undefined, AMI_SECRET_TOKENS_FILE: '/t' };
    const { secrets } = parseConfig(env, () => 'common-token');
    expect(secrets.amiSecretTokens).toEqual(['common-token']);
    expect([...secrets.amiSecretTokensByName]).toEqual([]);
  });

  it('collects the secrets of remote services, which are long', () => {
    const env = { ...good, REMOTE_SECRET_FARM: `${'n'.repeat(32)}, ${'o'.repeat(32)}`, REMOTE_SECRET_EDIT_FILE: '/e' };
    const { config, secrets } = parseConfig(env, () => 'e'.repeat(40));
    expect([...secrets.remoteSecretsByName]).toEqual([
      ['REMOTE_SECRET_FARM', ['n'.repeat(32), 'o'.repeat(32)]],
      ['REMOTE_SECRET_EDIT', ['e'.repeat(40)]],
    ]);
    expect(JSON.stringify(config)).not.toMatch(/nnnn|oooo|eeee/);
    expect(problemsOf({ ...good, REMOTE_SECRET_FARM: 'short' })).toEqual([
      'REMOTE_SECRET_FARM: every entry needs at least 32 characters',
    ]);
  });

  it('lets no service be asked unless it is listed', () => {
    const { config } = parseConfig(good, noFiles);
    expect(config.remote).toEqual({ origins: [], privateHosts: [] });
    expect(config.oidc.tokenExchange).toBe('off');
  });

  it('takes a final slash off an origin, as people paste them', () => {
    const env = { ...good, REMOTE_ORIGINS: 'https://farm.studio.example/' };
    expect(parseConfig(env, noFiles).config.remote.origins).toEqual(['https://farm.studio.example']);
  });

  it.each([
    ['REMOTE_ORIGINS', 'https://farm.studio.example, http://127.0.0.1:9000,http://[::1]:9000', true],
    ['REMOTE_ORIGINS', 'http://farm.studio.example', false],
    ['REMOTE_ORIGINS', 'https://farm.studio.example/hooks', false],
    ['REMOTE_ORIGINS', 'https://user:pass@farm.studio.example', false],
    ['REMOTE_ORIGINS', 'https://farm.studio.example?x', false],
    ['REMOTE_ORIGINS', '*', false],
    ['REMOTE_PRIVATE_HOSTS', 'farm.studio.lan, 10.1.2.3,[fd00::1],::1', true],
    ['REMOTE_PRIVATE_HOSTS', '10.0.0.0/8', false],
    ['REMOTE_PRIVATE_HOSTS', 'farm.studio.lan:443', false],
    ['REMOTE_PRIVATE_HOSTS', 'https://farm.studio.lan', false],
    ['REMOTE_PRIVATE_HOSTS', '*.studio.lan', false],
  ])('judges %s=%s', (name, value, isGood) => {
    expect(problemsOf({ ...good, [name]: value })).toHaveLength(isGood ? 0 : 1);
  });
});

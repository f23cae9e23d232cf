import { describe, expect, it } from '@jest/globals';
import { ConfigError, parseConfig, type Environment } from '../../src/config/config.ts';
import { effectlessNames } from '../../src/config/variables.ts';

function problemsOf(env: Environment): readonly string[] {
  try {
    parseConfig(env, () => 'content of a file that is long enough');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
const about = (name: string, env: Environment = {}) =>
  problemsOf({ ...env, [name]: 'a-value-never-told' }).filter((problem) => problem.startsWith(`${name}:`));

describe('a name that is near to one of ours', () => {
  it.each([
    ['SHOTGIRD_URL', 'SHOTGRID_URL'],
    ['OIDC_CLIENTID', 'OIDC_CLIENT_ID'],
    ['OIDC_ISSUER', 'OIDC_ISSUER_URL'],
    ['SUDO_POLCY', 'SUDO_POLICY'],
    ['SESSION_SECRET', 'SESSION_SECRETS'],
    ['SESION_SECRETS_FILE', 'SESSION_SECRETS_FILE'],
    ['AUDITOR_GROUP', 'AUDITOR_GROUPS'],
    ['shotgrid_url', 'SHOTGRID_URL'],
  ])('%s is a problem that names %s, and no value', (name, meant) => {
    expect(about(name)).toEqual([`${name}: is no variable of this server (did you mean "${meant}"?)`]);
    expect(problemsOf({ [name]: 'a-value-never-told' }).join()).not.toContain('a-value');
  });

  it('is somebody else’s when ours is set as well', () => {
    expect(about('REDIS_URI')).toHaveLength(1);
    expect(about('REDIS_URI', { REDIS_URL: 'redis://cache' })).toEqual([]);
    expect(about('REDIS_URI', { REDIS_URL_FILE: '/run/redis' })).toEqual([]);
  });

  it('does not take what is no secret from a file', () => {
    expect(about('OIDC_CLIENT_ID_FILE')).toEqual([
      'OIDC_CLIENT_ID_FILE: only a secret may be in a file; set OIDC_CLIENT_ID',
    ]);
    for (const file of ['AUDIT_SINK_FILE', 'AUDIT_CHECKPOINT_FILE', 'SESSION_SECRETS_FILE'])
      expect(about(file)).toEqual([]);
  });

  it.each([
    'HOME',
    'HOSTNAME',
    'PATH',
    'PWD',
    'USER',
    'LOGNAME',
    'SUDO_USER',
    'SUDO_COMMAND',
    'SESSION_MANAGER',
    'DATABASE_NAME',
    'REDIS_PORT',
    'REDIS_SERVICE_HOST',
    'PORTS',
    'NODE_ENV',
    'HTTP_PROXY',
    'NODE_EXTRA_CA_CERTS',
    'AMI_SECRET_TOKENS_APPROVE',
    'REMOTE_HOST',
    'REMOTE_ADDR',
  ])('is not found in %s', (name) => {
    expect(about(name)).toEqual([]);
    expect(effectlessNames({ [name]: 'x' })).toEqual([]);
  });

  it('is left in peace when it is empty, and noted when it begins like ours and is near to nothing', () => {
    expect(about('SHOTGIRD_URL')).toHaveLength(1);
    expect(problemsOf({ SHOTGIRD_URL: '' }).join()).not.toContain('SHOTGIRD');
    expect(effectlessNames({ OIDC_FOO: 'x', OIDC_CLIENTID: 'x', OTHER: 'x' })).toEqual(['OIDC_FOO']);
  });
});

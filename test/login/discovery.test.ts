import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDiscovery, type DiscoveryDeps } from '../../src/login/discovery.ts';
import { createRelyingParty } from '../../src/login/relying-party.ts';
import { startHostileProvider, type HostileProvider, type Json } from './hostile-provider.ts';

const DESCRIPTION = '/.well-known/openid-configuration';

let provider: HostileProvider;
let clock: number;
beforeAll(async () => {
  provider = await startHostileProvider();
});
beforeEach(() => {
  provider.lies = {};
  provider.asked.clear();
  clock = Date.now();
});
afterAll(() => provider.stop());

describe('the description of the provider', () => {
  it('is not asked for before it is needed', () => {
    createDiscovery(deps());
    expect(provider.asked.size).toBe(0);
  });

  it('is asked for once by any number of people at once', async () => {
    const discover = createDiscovery(deps());
    const found = await Promise.all(Array.from({ length: 20 }, () => discover(1000)));
    expect(provider.asked.get(DESCRIPTION)).toBe(1);
    expect(new Set(found).size).toBe(1);
  });

  it('is kept as long as the asker allows, then asked for again', async () => {
    const discover = createDiscovery(deps());
    await discover(1000);
    clock += 999;
    await discover(1000);
    expect(provider.asked.get(DESCRIPTION)).toBe(1);
    clock += 1;
    await discover(600_000);
    expect(provider.asked.get(DESCRIPTION)).toBe(1);
    await discover(1000);
    expect(provider.asked.get(DESCRIPTION)).toBe(2);
  });

  it('is asked for again after a failure, and a failure does not spoil what is known', async () => {
    const discover = createDiscovery(deps());
    provider.lies = { discovery: () => ({}) };
    await expect(discover(1000)).rejects.toMatchObject({ code: 'idp_unavailable' });
    provider.lies = {};
    const known = await discover(1000);
    clock += 5000;
    provider.lies = { discovery: () => ({}) };
    await expect(discover(1000)).rejects.toMatchObject({ code: 'idp_unavailable' });
    await expect(discover(10_000)).resolves.toBe(known);
  });

  it('brings the known keys along, so that a login costs no second trip', async () => {
    const party = createRelyingParty({
      ...deps(),
      scopes: 'openid',
      redirectUri: 'https://us.example/cb',
      postLogoutRedirectUri: 'https://us.example/',
    });
    for (let login = 0; login < 3; login += 1) {
      const { url, attempt } = await party.start();
      await party.finish(provider.answer(url, attempt), attempt);
      clock += 20_000;
    }
    expect(provider.asked.get(DESCRIPTION)).toBe(3);
    expect(provider.asked.get('/jwks')).toBe(1);
  });

  it.each<[string, (honest: Json) => Json]>([
    ['is of another issuer', (honest) => ({ ...honest, issuer: 'https://login.evil.example' })],
    ['names no issuer', (honest) => ({ ...honest, issuer: undefined })],
    ['names an issuer that is no address', (honest) => ({ ...honest, issuer: 'studio' })],
  ])('is not believed when it %s', async (_what, discovery) => {
    provider.lies = { discovery };
    await expect(createDiscovery(deps())(1000)).rejects.toMatchObject({ code: 'idp_unavailable' });
  });

  it('without a sign-out page means that signing out ends here', async () => {
    const party = createRelyingParty({
      ...deps(),
      scopes: 'openid',
      redirectUri: 'https://us.example/cb',
      postLogoutRedirectUri: 'https://us.example/',
    });
    await expect(party.logoutUrl('a.b.c')).resolves.toBeUndefined();
  });
});

describe('an issuer', () => {
  it.each([
    ['http://login.studio.example', true],
    ['http://127.0.0.1:1', false],
    ['http://127.0.0.1.evil.example', true],
    ['http://localhost.evil.example', true],
    ['ftp://localhost', true],
    ['file:///etc/passwd', true],
  ])('at %s (http allowed: %s) is a mistake at start', (issuerUrl, allowHttp) => {
    expect(() => createDiscovery({ ...deps(), issuerUrl, allowHttp })).toThrow('must be https');
  });

  it.each(['https://login.studio.example', 'http://localhost:9000', 'http://[::1]:9000'])(
    'at %s is fine',
    (issuerUrl) => {
      expect(() => createDiscovery({ ...deps(), issuerUrl })).not.toThrow();
    },
  );
});

function deps(): DiscoveryDeps {
  return {
    issuerUrl: provider.url,
    clientId: 'understudy',
    clientSecret: 'secret',
    allowHttp: true,
    timeoutMs: 2000,
    now: () => new Date(clock),
  };
}

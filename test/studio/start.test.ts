import { describe, expect, it } from '@jest/globals';
import { startStudio } from '../../infra/studio/start.ts';
import { parseConfig } from '../../src/config/config.ts';

const SERVER = 'http://localhost:8080';

describe('the studio in a box', () => {
  it('tells the server everything that it must be told', async () => {
    const studio = await startStudio({ server: SERVER });
    try {
      const own = { PUBLIC_URL: SERVER, SESSION_SECRETS: 's'.repeat(32) };
      const { config, secrets } = parseConfig({ ...studio.environment, ...own }, () => '');
      expect(config).toMatchObject({
        shotgridUrl: studio.site.url,
        adminGroups: ['understudy-admins'],
        auditorGroups: ['auditors'],
      });
      expect(config.oidc.provider?.issuerUrl).toBe(studio.idp.url);
      expect(secrets.amiSecretTokens).toEqual([studio.facts.amiSecretToken]);
    } finally {
      await studio.close();
    }
  });

  it('has secrets of its own each time', async () => {
    const [one, two] = await Promise.all([startStudio({ server: SERVER }), startStudio({ server: SERVER })]);
    await Promise.all([one.close(), two.close()]);
    for (const name of ['SHOTGRID_SCRIPT_KEY', 'AMI_SECRET_TOKENS', 'OIDC_CLIENT_SECRET']) {
      expect(one.environment[name]?.length).toBeGreaterThanOrEqual(32);
      expect(one.environment[name]).not.toBe(two.environment[name]);
    }
  });

  it('has the script that its facts name, and both menu items', async () => {
    const studio = await startStudio({ server: SERVER });
    try {
      const response = await fetch(`${studio.facts.site}/api/v1/auth/access_token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: studio.facts.scriptName,
          client_secret: studio.facts.scriptKey,
          scope: 'sudo_as_login:artist',
        }),
      });
      expect(response.status).toBe(200);
      const page = await (await fetch(`${studio.facts.site}/page/4606`)).text();
      expect(page).toContain('Approve (light payload)');
      expect(page).not.toContain(studio.facts.amiSecretToken);
    } finally {
      await studio.close();
    }
  });

  it('leaves nothing running when one port is taken', async () => {
    const first = await startStudio({ server: SERVER });
    const idpPort = Number(new URL(first.idp.url).port);
    await first.idp.close();
    await expect(startStudio({ server: SERVER, sitePort: first.site.port, idpPort })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await expect(fetch(`${first.facts.idp}/jwks`)).rejects.toThrow();
    await first.site.close();
  });
});

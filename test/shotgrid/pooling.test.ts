import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Shotgrid } from '../../src/shotgrid/client.ts';
import { connect, honestToken, startLocalSite, type LocalSite } from './local-site.ts';

/** Connections and access tokens are shared by everybody who acts through one client. */
const CONNECTIONS = 5;
const people = Array.from({ length: 200 }, (_, index) => `person-${index}`);

let site: LocalSite;
let shotgrid: Shotgrid;
beforeEach(async () => {
  site = await startLocalSite(() => ({ body: { data: [], links: {} } }), honestToken);
  shotgrid = connect(site, { connections: CONNECTIONS, maxTokens: 300 });
});
afterEach(async () => {
  await shotgrid.close();
  await site.close();
});

const act = (login: string): Promise<unknown> => shotgrid.asPerson({ login }).search('Shot', { fields: ['code'] });

describe('200 people at once', () => {
  it('need no more than the configured connections, and each one token', async () => {
    await Promise.all(people.map(act));
    expect(site.connections()).toBeLessThanOrEqual(CONNECTIONS);
    expect(site.tokenCalls()).toHaveLength(people.length);
    expect(site.calls()).toHaveLength(people.length);
  });

  it('need no new connection and no new token for what they do next', async () => {
    await Promise.all(people.map(act));
    const before = site.connections();
    await Promise.all(people.map(act));
    expect(site.connections()).toBe(before);
    expect(site.tokenCalls()).toHaveLength(people.length);
    expect(site.calls()).toHaveLength(people.length * 2);
  });

  it('are remembered up to a number, and act all the same beyond it', async () => {
    const forgetful = connect(site, { connections: CONNECTIONS, maxTokens: 50 });
    try {
      await Promise.all(people.map((login) => forgetful.asPerson({ login }).search('Shot', { fields: ['code'] })));
      expect(forgetful.stats.tokens).toBe(50);
      expect(site.calls()).toHaveLength(people.length);
    } finally {
      await forgetful.close();
    }
  });
});

/** Breaks one thing at a time in a studio that is well, and expects that finding, that remedy, and no other. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/server.ts';
import { createPatient, type Patient } from './patient.ts';

let server: TestServer;
let patient: Patient;
beforeAll(async () => {
  server = await startTestServer();
  patient = await createPatient(server);
}, 60_000);
afterAll(() => server.close());
beforeEach(() => {
  server.studio.site.reset();
  server.studio.idp.reset();
});

describe('a studio where nothing is wrong', () => {
  it('is told so, check by check, in a moment', async () => {
    const report = await patient.examine({ questions: { asLogin: 'artist' } });
    const levels = Map.groupBy(report.checks, ({ level }) => level);
    expect(levels.get('failure') ?? []).toEqual([]);
    // Somebody's flag is off there, and nothing is signed.
    expect(levels.get('warning')?.map(({ id }) => id)).toEqual(['flag_off', 'checkpoint']);
    const skipped = ['tls_public', 'tls_site', 'tls_idp', 'idp_claims', 'menu', 'redis'];
    expect(levels.get('skipped')?.map(({ id }) => id)).toEqual(skipped);
    expect(levels.get('ok')).toHaveLength(report.checks.length - skipped.length - 2);
    expect(report.level).toBe('warning');
    expect(report.ms).toBeLessThan(5_000);
  });

  it('is left as it was', async () => {
    const before = JSON.stringify(server.studio.site.snapshot());
    await patient.examine({ questions: { asLogin: 'artist' } });
    expect(JSON.stringify(server.studio.site.snapshot())).toBe(before);
    expect(server.studio.site.eventLog()).toEqual([]);
  });
});

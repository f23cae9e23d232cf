/** What somebody sees who asks too often, and what remains of it in the log. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuditor } from '../support/auditor.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let time = Date.now();
beforeAll(async () => {
  server = await startTestServer({
    environment: { RATE_LIMIT_PERSON: '45' },
    overrides: { now: () => new Date(time) },
  });
});
afterAll(() => server.close());

describe('somebody who asks too often', () => {
  it('is told so, by page and by JSON, and when to come again; others go on; the log has two records', async () => {
    const [auditor, artist] = [createPerson(server, 'auditor'), createPerson(server, 'artist')];
    await auditor.visit('/audit');
    await artist.visit('/account');
    let refused = await auditor.json('/audit');
    for (let n = 0; n < 20 && refused.status === 200; n += 1) refused = await auditor.json('/audit');
    expect(refused).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
    expect(refused.json).toMatchObject({
      message: 'There were too many searches from you.',
      remedy: expect.stringContaining(`Wait ${refused.headers['retry-after']} seconds`),
    });
    const page = await auditor.get('/audit');
    expect(page).toMatchObject({ status: 429, code: 'rate_limited', isSignedIn: true });
    expect(page.text).toContain('Too many requests');
    expect((await auditor.get('/account')).status).toBe(200);
    expect((await artist.get('/account')).status).toBe(200);

    time += 61_000;
    // Beyond what the test waits for: the count is recorded within seconds of the minute's end.
    await server.drain();
    await server.start();
    const found = await createAuditor(server).records({ type: 'limit.met' });
    expect(found).toMatchObject([
      { code: 'rate_limited', person: { login: 'auditor' }, details: { limit: 'searches', per: 'person', refused: 2 } },
      { reference: refused.reference, details: { refused: 1, seconds: 0 } },
    ]);
  });

  it('by clicking is refused before anything is kept', async () => {
    time = Date.now();
    const artist = createPerson(server, 'artist');
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await artist.click([6933])).status);
    expect(statuses).toEqual([...Array<number>(9).fill(303), 429, 429]);
  });
});

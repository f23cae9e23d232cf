/** Many clicks in one browser, and sessions that outlive the secrets they were signed with. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSecret } from '../../infra/studio/start.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const SECRETS = newSecret();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ environment: { SESSION_SECRETS: SECRETS } });
});
beforeEach(() => server.studio.site.reset());
afterAll(() => server.close());

describe('twenty clicks at once from a browser in which nobody is signed in', () => {
  it('come back to their own rows, in whatever order they are finished', async () => {
    const { site } = server.studio;
    const ids = Array.from({ length: 60 }, (_, index) => 6933 + index);
    for (const id of ids) site.setField('Version', id, 'sg_status_list', 'rev');
    const artist = createPerson(server, 'artist');
    const clicks = shuffled(Array.from({ length: 20 }, (_, index) => ids.slice(index * 3, index * 3 + 3)));
    const forms = await Promise.all(clicks.map((rows) => artist.formFor(rows)));
    const launches = await Promise.all(forms.map((form) => artist.send(form)));

    const previews = await Promise.all(
      shuffled(launches.map((launch, index) => ({ launch, rows: clicks[index]! }))).map(async ({ launch, rows }) => ({
        rows,
        preview: await artist.follow(launch),
      })),
    );
    for (const { rows, preview } of previews) {
      expect([...preview.text.matchAll(/data-row="(\d+)"/g)].map((match) => Number(match[1]))).toEqual(
        expect.arrayContaining([...rows]),
      );
      expect(preview.tally).toMatchObject({ changes: 3 });
    }
    const runs = await Promise.all(
      shuffled(previews).map(async ({ rows, preview }) => ({
        rows,
        run: await artist.finish(await artist.confirm(preview)),
      })),
    );
    for (const { rows, run } of runs) {
      expect(run.rows.map(({ id }) => id).sort()).toEqual([...rows].sort());
      expect(run.counts).toMatchObject({ done: 3 });
    }
    expect(site.eventLog().filter(({ attribute_name: field }) => field === 'sg_status_list')).toHaveLength(60);
  });
});

describe('new session secrets', () => {
  it('are taken beside the old ones without anybody being signed out, or a page going stale', async () => {
    const artist = createPerson(server, 'artist');
    const preview = await artist.follow(await artist.click([6933]));
    await server.drain();
    await server.start({ SESSION_SECRETS: `${newSecret()},${SECRETS}` });
    expect((await artist.get('/')).isSignedIn).toBe(true);
    expect(await artist.finish(await artist.confirm(preview))).toMatchObject({ counts: { done: 1 } });
  });

  it('sign everybody out once the old ones are taken away', async () => {
    const artist = createPerson(server, 'artist');
    const preview = await artist.follow(await artist.click([6933]));
    await server.drain();
    await server.start({ SESSION_SECRETS: newSecret() });
    expect((await artist.get('/')).isSignedIn).toBe(false);
    const again = await artist.confirm(preview);
    expect(again.location?.pathname).toBe('/login');
    expect((await artist.follow(again)).tally).toMatchObject({ changes: 1 });
  });
});

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** What an action shows instead of changing anything: it is data, never markup, and stays as it was shown. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Answer } from '../support/answer.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let artist: Person;
let page: Answer;
beforeAll(async () => {
  server = await startTestServer({
    environment: { ACTIONS_DIR: fileURLToPath(new URL('./report-actions/', import.meta.url)) },
    studio: {
      menuItems: (url, secretToken) => [
        {
          title: 'Report on it',
          url: `${url}/ami/report`,
          entityType: 'Version',
          secretToken,
          selectionRequired: true,
        },
      ],
    },
  });
  artist = createPerson(server, 'artist');
  page = await artist.follow(await artist.send(await artist.formFor([6933], 'Report on it'), '/ami/report'));
});
afterAll(() => server.close());

const hrefOf = (part: string): string =>
  (new RegExp(`href="([^"]*${part}[^"]*)"`).exec(page.text)?.[1] ?? '').replaceAll('&amp;', '&');

it('shows text, links and a table, and none of it as markup', () => {
  expect(page.text).toContain('&lt;b&gt;Findings&lt;/b&gt;');
  expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page.text).toContain('href="https://wiki.example/"');
  expect(page.text).toContain(`href="${server.studio.site.url}/detail/Shot/860"`);
  expect(page.text).toContain('<li>A trap</li>');
  expect(page.text).not.toContain('javascript:');
});

it('has nothing to confirm, and takes no confirmation that is made up', async () => {
  expect(() => page.form('/run')).toThrow('has no form');
  const { json } = await artist.json(page.url.pathname);
  expect(json).not.toHaveProperty('confirm');
  expect(json).toMatchObject({ report: { title: '<b>Findings</b>' } });
  const refused = await artist.post(`${page.url.pathname}/run`, { form: [['csrf', 'x']] });
  expect(refused.code).toBe('csrf_invalid');
});

it('exports the table that the page shows, and says so when another has been made since', async () => {
  page = await artist.get(page.url.pathname);
  const csv = await artist.get(hrefOf('report\\.csv'));
  expect(csv.text).toMatch(/^\uFEFF?Name,Frames\r\n'=1\+1,12\r\nmade at [^,]+,-3\r\n$/);
  await artist.get(page.url.pathname);
  expect(await artist.get(hrefOf('report\\.csv'))).toMatchObject({ status: 409, code: 'plan_changed' });
  expect((await artist.get(`${page.url.pathname}/report.csv`)).status).toBe(409);
});

it('gives the file to be kept, never to be shown', async () => {
  const newest = await artist.get(page.url.pathname);
  const href = /href="([^"]*report\/file[^"]*)"/.exec(newest.text)?.[1] ?? '';
  const file = await artist.get(href.replaceAll('&amp;', '&'));
  expect(file.text).toBe('<script>alert(1)</script>');
  expect(file.headers).toMatchObject({
    'content-disposition': 'attachment; filename="page \\"1\\".html"',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'no-store',
  });
});

it('shows a report to nobody but its person', async () => {
  const other = createPerson(server, 'manager');
  await other.visit('/login');
  expect((await other.get(hrefOf('report\\.csv'))).code).toBe('launch_not_yours');
});

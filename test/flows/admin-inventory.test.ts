/** The administrators' list of menu items: what it finds, what it tells whom, and what it asks of other hosts. */
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/answer.ts';
import { createAuditor, expectUnchanged, type Auditor } from '../support/auditor.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const PATH = '/admin/inventory';
const SECRET = 'hunter2-in-a-query';

let listener: Server;
let knocks = 0;
let server: TestServer;
let auditor: Auditor;
let admin: Person;
beforeAll(async () => {
  listener = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve));
  const { port } = listener.address() as AddressInfo;
  server = await startTestServer({
    environment: { REMOTE_PRIVATE_HOSTS: '127.0.0.1' },
    studio: {
      menuItems: (url) => [
        { title: '=HYPERLINK("http://evil.example")', url: `https://127.0.0.1:${port}/do?token=${SECRET}` },
        { title: 'Silent <b>tool</b>', url: 'http://127.0.0.1:1/x', entityType: 'Shot' },
        { title: 'Cloud', url: `http://user:${SECRET}@169.254.169.254/latest` },
        { title: 'Inside', url: `https://127.0.0.2:${port}/do` },
        { title: 'Nearly ours', url: `${url}/ami/approve?x=${SECRET}` },
        { title: 'Gone', url: `${url}/ami/no-such-action` },
        { title: 'Player', url: `rv://play#${SECRET}` },
        { title: 'Approve everything', url: `${url}/ami/approve`, entityType: 'Task' },
      ],
    },
  });
  auditor = createAuditor(server);
  await auditor.visitOnce();
  admin = createPerson(server, 'admin.flag-off');
  await admin.visit(PATH);
});
afterEach(() => server.studio.site.clearFaults());
afterAll(async () => {
  await server.close();
  await new Promise((resolve) => listener.close(resolve));
});

type Item = {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly link: string;
  readonly findings: readonly string[];
  readonly reach?: string;
  readonly people?: number;
  readonly lastClicked?: string;
};
type Inventory = {
  readonly items: readonly Item[];
  readonly total: number;
  readonly findings: Readonly<Record<string, number>>;
  readonly check: { readonly state: string; readonly by: string | null };
};

const read = async (query = ''): Promise<Inventory> => (await admin.json(`${PATH}${query}`)).json as Inventory;
const titles = async (query: string): Promise<readonly string[]> => (await read(query)).items.map(({ title }) => title);
const found = ({ items }: Inventory, title: string): Item => items.find((item) => item.title === title)!;

async function probe(person = admin): Promise<Answer> {
  const { action, fields } = (await person.get(PATH)).form(`${PATH}/probe`);
  return person.post(action, { form: fields });
}

/** The end of what was begun; how it ended. */
async function ended(): Promise<string> {
  await until(async () => (await read()).check.state !== 'checking');
  return (await read()).check.state;
}

describe('the menu items of a site', () => {
  it('are for administrators alone, on a page that nobody frames', async () => {
    const { record } = await auditor.refusal({ code: 'role_required', status: 403, type: 'role.refused' }, () =>
      auditor.person.visit(PATH),
    );
    expect(record.details).toMatchObject({ role: 'admin' });
    expect((await auditor.person.get(`${PATH}/export`)).code).toBe('role_required');
    expect((await auditor.person.json(`${PATH}/probe`)).code).toBe('role_required');
    const page = await admin.get(PATH);
    expect(page.headers['x-frame-options']).toBe('DENY');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it('are all there, each with what is wrong with it, and looking makes no record and changes nothing', async () => {
    const before = server.studio.site.snapshot();
    const newest = (await auditor.records({}))[0]!.seq;
    const inventory = await read();
    expect(inventory.total).toBe(server.studio.site.rows('ActionMenuItem').length);
    const findings = (title: string): readonly string[] => found(inventory, title).findings;
    expect(findings('Gone')).toEqual(['action_unknown']);
    expect(findings('Nearly ours')).toEqual(['address_doubtful']);
    expect(findings('Cloud')).toEqual(['not_https']);
    expect(findings('Player')).toEqual([]);
    expect(findings('Approve everything')).toContain('surplus');
    expect(found(inventory, 'Approve').link).toBe(
      `${server.studio.site.url}/detail/ActionMenuItem/${found(inventory, 'Approve').id}`,
    );
    expect(inventory.findings).toMatchObject({ action_unknown: 1, address_doubtful: 1 });
    expectUnchanged(server.studio.site.snapshot(), before);
    const since = (await auditor.records({})).filter(({ seq }) => seq > newest);
    expect(since.map(({ type }) => type).filter((type) => type.startsWith('admin.'))).toEqual([]);
  });

  it('say who clicked, and which are switched off or edited by hand', async () => {
    const artist = createPerson(server, 'artist');
    await artist.click([6933]);
    await createPerson(server, 'manager').click([6936]);
    const [row] = server.studio.site.rows('ActionMenuItem').filter(({ title }) => title === 'Set status');
    const { action, fields } = (await admin.get('/admin/actions/set-status')).form('/admin/actions/set-status');
    await admin.post(action, { form: [...fields, ['reason', 'being renamed']] });
    const { site } = server.studio;
    site.setField('ActionMenuItem', row!.id, 'folder', 'By <hand>');
    const inventory = await read();
    expect(found(inventory, 'Approve')).toMatchObject({ people: 2, lastClicked: expect.stringMatching(/^20/) });
    expect(found(inventory, 'Approve').findings).not.toContain('unused');
    expect(found(inventory, 'Set status').findings).toEqual(['action_off', 'differs', 'unused']);
    const { text } = await admin.get(`${PATH}?q=set+status`);
    expect(text).toContain('By &lt;hand&gt;');
    site.setField('ActionMenuItem', row!.id, 'folder', null);
  });

  it('never tell what a hand-made address may hide: user name, password, query, fragment', async () => {
    const answers = [await admin.get(PATH), await admin.json(PATH), await admin.get(`${PATH}/export`)];
    for (const { status, text } of answers) {
      expect(status).toBe(200);
      expect(text).toContain('169.254.169.254');
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(server.studio.facts.amiSecretToken);
    }
    expect(await titles(`?q=${SECRET}`)).toEqual([]);
  });

  it('escape whatever somebody called them', async () => {
    const { text } = await admin.get(`${PATH}?q=${encodeURIComponent('<b>tool')}`);
    expect(text).toContain('Silent &lt;b&gt;tool&lt;/b&gt;');
    expect(text).not.toContain('<b>tool');
  });

  it('are found by words and by finding, and sorted by every column, both ways', async () => {
    expect(await titles('?q=SILENT+shot')).toEqual(['Silent <b>tool</b>']);
    expect(await titles('?q=silent+version')).toEqual([]);
    expect(await titles('?finding=action_unknown')).toEqual(['Gone']);
    expect((await admin.get(`${PATH}?q=nothing-like-it`)).text).toContain('No item matches');
    const up = await titles('?sort=item');
    expect(up).toEqual([...up].sort(new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare));
    expect((await titles('?sort=item&dir=desc'))[0]).toBe(up.at(-1));
    for (const query of ['?sort=used', '?sort=used&dir=desc']) {
      const { items } = await read(query);
      // Whatever was never clicked comes last, either way.
      expect(items[0]?.lastClicked).toBeDefined();
      expect(items.at(-1)?.lastClicked).toBeUndefined();
    }
    expect((await read('?sort=findings')).items[0]?.findings.join()).toMatch(/action_unknown|address_doubtful/);
    const { text } = await admin.get(`${PATH}?sort=calls&finding=not_https`);
    expect(text).toContain('aria-sort="ascending"');
    expect(text).toContain(`href="${PATH}?finding=not_https&amp;sort=calls&amp;dir=desc"`);
  });

  it.each(['?finding=constructor', '?sort=secret_token', '?dir=up', '?q=a&q=b', `?q=${'x'.repeat(201)}`])(
    'are not shown for a question that means nothing: %s',
    async (query) => {
      expect((await admin.json(`${PATH}${query}`)).json).toMatchObject({ code: 'form_invalid', status: 422 });
      expect((await admin.get(`${PATH}/export${query}`)).code).toBe('form_invalid');
    },
  );

  it('are taken away as they are filtered, no cell a formula, and that is recorded', async () => {
    const { text, headers } = await admin.get(`${PATH}/export?q=hyperlink`);
    expect(headers['content-disposition']).toMatch(/attachment; filename=understudy-menu-items-.*Z\.csv/);
    const lines = text.split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('title,entity_type');
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    const [record] = await auditor.records({ type: 'admin.inventory_exported' });
    expect(record).toMatchObject({
      person: { login: 'admin.flag-off', proven: true },
      details: { format: 'csv', query: '?q=hyperlink', items: 1 },
    });
  });

  it('leave a page with a remedy when the site does not answer', async () => {
    server.studio.site.inject({ kind: 'unavailable', path: '/entity/', count: 20 });
    expect((await admin.get(PATH)).code).toMatch(/^shotgrid_/);
  });
});

describe('asking other hosts', () => {
  it('is done by a form of this browser, not by a link or another site', async () => {
    const before = knocks;
    expect((await admin.get(`${PATH}/probe`)).location?.pathname).toBe(PATH);
    const { record } = await auditor.refusal({ code: 'csrf_invalid', status: 403, type: 'csrf.refused' }, () =>
      admin.post(`${PATH}/probe`, { form: [['csrf', 'guessed']] }),
    );
    expect(record.outcome).toBe('refused');
    expect(await auditor.records({ type: 'admin.hosts_asked' })).toEqual([]);
    expect(knocks).toBe(before);
  });

  it('is said in the log before, tells which hosts answer, and knocks at no private door that is not listed', async () => {
    expect((await read()).check).toEqual({ state: 'never', at: null, by: null });
    const before = knocks;
    expect((await probe()).location?.pathname).toBe(PATH);
    expect(await ended()).toBe('done');
    expect(knocks).toBe(before + 1);
    const inventory = await read();
    expect(inventory.check.by).toBe('admin.flag-off');
    const reach = Object.fromEntries(inventory.items.map(({ title, reach: one }) => [title, one]));
    expect(reach).toMatchObject({
      '=HYPERLINK("http://evil.example")': 'answers',
      'Silent <b>tool</b>': 'no_answer',
      Cloud: 'not_asked',
      Inside: 'not_asked',
      Approve: undefined,
    });
    expect(found(inventory, 'Silent <b>tool</b>').findings).toContain('host_silent');
    const [asked] = await auditor.records({ type: 'admin.hosts_asked' });
    const [answered] = await auditor.records({ type: 'admin.hosts_answered' });
    expect(asked).toMatchObject({ outcome: 'intended', person: { login: 'admin.flag-off', proven: true } });
    expect(asked!.seq).toBeLessThan(answered!.seq);
    expect(answered!.details!['hosts']).toContainEqual({ host: '127.0.0.1:1', reach: 'no_answer' });
  });

  it('ends with a word about it when the site does not say which hosts, and keeps what was known', async () => {
    const { action, fields } = (await admin.get(PATH)).form(`${PATH}/probe`);
    server.studio.site.inject({ kind: 'unavailable', path: '/entity/', count: 50 });
    expect((await admin.post(action, { form: fields })).status).toBe(303);
    await until(async () => ((await admin.json(`${PATH}/probe`)).json as Inventory['check']).state !== 'checking');
    server.studio.site.clearFaults();
    expect((await read()).check.state).toBe('not_ended');
    expect((await admin.get(PATH)).text).toContain('came to no end');
  });
});

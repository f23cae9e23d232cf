/** What an action asks before its preview, without a script in the page: see `test/browser/forms.test.ts` for the rest. */
import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson, type Fields, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const SECRET = 'correct horse battery staple';

let server: TestServer;
let auditor: Auditor;
beforeAll(async () => {
  server = await startTestServer({
    environment: { ACTIONS_DIR: fileURLToPath(new URL('./form-actions/', import.meta.url)) },
    studio: {
      menuItems: (url, secretToken) => [
        { title: 'Leak', url: `${url}/ami/leak`, entityType: 'Version', secretToken, selectionRequired: true },
        { title: 'Ask', url: `${url}/ami/ask-everything`, entityType: 'Version', secretToken, selectionRequired: true },
      ],
    },
  });
  auditor = createAuditor(server);
});
beforeEach(() => server.studio.site.reset());
afterAll(() => server.close());

async function click(person: Person, ids = [6933]): Promise<Answer> {
  return person.follow(await person.send(await person.formFor(ids, 'Ask'), '/ami/ask-everything'));
}

/** Sends the form that `page` shows, with these answers. */
async function fill(person: Person, page: Answer, answers: Fields): Promise<Answer> {
  const { action, fields } = page.form('/form');
  return person.post(action, { form: [...fields, ...answers] });
}

describe('an action with a form', () => {
  it('asks first, with a label and help for everything, and changes nothing', async () => {
    const before = server.studio.site.snapshot();
    const page = await click(createPerson(server, 'artist'));
    expect(page.status).toBe(200);
    expect(page.text).toContain('<label for="field-reason">Reason <span class="must">(required)</span></label>');
    expect(page.text).toMatch(/id="field-reason"[^>]* required aria-describedby="field-reason-help-0"/);
    expect(page.text).toContain('<option value="apr">Approved</option>');
    expect(page.text).toContain('<option value="good" selected>Good</option>');
    expect(page.text).toContain('Only used when “Mood” is bad.');
    expect(() => page.form('/run')).toThrow('has no form');
    expect(server.studio.site.snapshot()).toEqual(before);
  });

  it('plans with the answers, and writes what was previewed', async () => {
    const artist = createPerson(server, 'artist');
    const answered = await fill(artist, await click(artist), [
      ['reason', '  Too dark '],
      ['frames', '12'],
      ['mood', 'good'],
      ['why_bad', 'not asked'],
      ['shots', 'Shot 860, captain'],
      ['reviewer', 'marcus'],
    ]);
    expect(answered.status).toBe(303);
    const preview = await artist.follow(answered);
    expect(preview.text).toContain('Too dark (12)  Marcus Lind HSM_10_0010, Captain');
    await artist.finish(await artist.confirm(preview));
    expect(server.studio.site.rows('Version')[0]).toMatchObject({
      description: 'Too dark (12)  Marcus Lind HSM_10_0010, Captain',
    });
  });

  it('says at each field what is wrong with it, keeps what was typed, and records that it was refused', async () => {
    const artist = createPerson(server, 'artist');
    const launch = await click(artist);
    const before = server.studio.site.snapshot();
    const refused = await fill(artist, launch, [
      ['reason', 'Wrong!'],
      ['frames', '1000'],
      ['due', '2026-02-30'],
      ['status', 'nonsense'],
      ['reviewer', 'nobody at all'],
      ['details', 'two\nlines & <b>'],
    ]);
    expect(refused.status).toBe(303);
    const page = await artist.follow(refused);
    expect(page.text).toContain('5 fields need another look.');
    for (const [field, error] of [
      ['reason', 'This is not of the form that is asked for.'],
      ['frames', 'This must be 100 or less.'],
      ['due', 'This must be a date such as 2026-05-01.'],
      ['status', 'Choose one of the statuses that this project uses.'],
      ['reviewer', 'Nothing that you may see is called “nobody at all”.'],
    ]) {
      expect(page.text).toContain(`id="field-${field}-error">${error}</p>`);
    }
    expect(page.text).toContain('value="Wrong!"');
    expect(page.text).toContain('two\nlines &amp; &lt;b&gt;');
    expect(() => page.form('/run')).toThrow('has no form');
    expect(server.studio.site.snapshot()).toEqual(before);
    const records = await auditor.records({ launchId: launch.url.pathname.split('/')[2]! });
    expect(records.map(({ code }) => code)).toContain('form_invalid');
    expect(JSON.stringify(records)).not.toContain('Wrong!');

    const program = await artist.post(page.form('/form').action, {
      form: [...page.form('/form').fields, ['frames', 'x'], ['colour', 'red']],
      headers: { accept: 'application/json' },
    });
    expect(program.status).toBe(422);
    expect(program.json).toMatchObject({
      code: 'form_invalid',
      problems: { '': { message: 'The form has no field “colour”.' }, frames: {}, reason: {} },
    });
  });

  it('asks back when a name may mean several rows, and takes the one that is chosen', async () => {
    const artist = createPerson(server, 'artist');
    const asked = await artist.follow(
      await fill(artist, await click(artist), [
        ['reason', 'x'],
        ['shots', 'HSM_10_00'],
      ]),
    );
    expect(asked.text).toContain('Several are called “HSM_10_00”.');
    expect(asked.text).toMatch(/<input type="checkbox" name="shots.pick" value="Shot:861"> HSM_10_0020/);
    const answered = await fill(artist, asked, [
      ['reason', 'x'],
      ['shots', 'HSM_10_00'],
      ['shots.pick', 'Shot:861'],
    ]);
    expect((await artist.follow(answered)).text).toContain('HSM_10_0020');
  });

  it('offers rows that the person may see, to whoever clicked and is signed in', async () => {
    const artist = createPerson(server, 'artist');
    const { pathname } = (await click(artist)).url;
    const { json } = await artist.json(`${pathname}/options/shots?q=captain`);
    expect(json).toEqual({ options: [{ type: 'Asset', id: 1210, name: 'Captain', linkedTo: null }] });
    const many = (await artist.json(`${pathname}/options/shots?q=HSM`)).json as {
      readonly options: readonly unknown[];
    };
    expect(many.options).toHaveLength(25);
    const people = (await artist.json(`${pathname}/options/reviewer?q=i`)).json as { options: { name: string }[] };
    expect(people.options.map(({ name }) => name)).toContain('Alma Ortiz');
    expect(people.options.map(({ name }) => name)).not.toContain('Ivy Chen');
    expect((await artist.json(`${pathname}/options/shots?q=%20`)).json).toEqual({ options: [] });
    expect((await artist.json(`${pathname}/options/reason?q=a`)).status).toBe(404);

    const other = createPerson(server, 'manager');
    expect((await other.json(`${pathname}/options/shots?q=captain`)).code).toBe('launch_not_yours');
    const signedOut = createPerson(server, 'artist');
    const waiting = (await signedOut.send(await signedOut.formFor([6933], 'Ask'), '/ami/ask-everything')).location!;
    expect((await signedOut.json(`${waiting.pathname}/options/shots?q=captain`)).code).toBe('login_required');
  });

  it('can be answered anew from the preview, and remembers its answers for the next time, secrets never', async () => {
    const artist = createPerson(server, 'artist');
    const preview = await artist.follow(
      await fill(artist, await click(artist), [
        ['reason', 'First'],
        ['shots', 'captain'],
        ['password', SECRET],
      ]),
    );
    expect(preview.text).toContain(`href="${preview.url.pathname}/form"`);
    const again = await artist.get(`${preview.url.pathname}/form`);
    expect(again.text).toContain('value="First"');
    expect(again.text).toMatch(/name="shots.pick" value="Asset:1210" checked> Captain/);
    expect(again.text).toContain('What you typed is kept; leave this blank to use it.');
    const second = await artist.follow(await fill(artist, again, [['reason', 'Second']]));
    expect(second.text).toContain('Second');
    expect(second.form('/run').fields).not.toEqual(preview.form('/run').fields);
    const late = await artist.confirm(preview);
    expect(late.location?.search).toBe('?notice=plan_changed');
    expect((await artist.follow(late)).text).toContain('have changed since that page was made');

    const next = await click(artist);
    expect(next.text).toContain('value="Second"');
    expect(next.text).not.toContain('What you typed is kept');
    const marcus = createPerson(server, 'manager');
    expect((await click(marcus)).text).not.toContain('value="Second"');
  });

  it('shows a secret to nobody: not in page, JSON, log or record', async () => {
    const artist = createPerson(server, 'artist');
    const form = await click(artist);
    const wrong = await artist.follow(await fill(artist, form, [['password', SECRET]]));
    expect(wrong.text).toMatch(/<input type="password" id="field-password" name="password" value=""/);
    await artist.json(wrong.url.pathname);
    const preview = await artist.follow(await fill(artist, wrong, [['reason', 'x']]));
    await artist.json(preview.url.pathname);
    await artist.visit(`/runs/${(await artist.finish(await artist.confirm(preview))).run}`);
    expect(artist.received.length).toBeGreaterThan(5);
    for (const text of [...artist.received, ...server.lines]) expect(text).not.toContain(SECRET);
    expect(JSON.stringify(await auditor.records({}))).not.toContain(SECRET);
    const file = server.databaseUrl.slice('file:'.length);
    for (const part of [file, `${file}-wal`]) expect(await readFile(part, 'latin1')).not.toContain(SECRET);
  });

  it('refuses a plan that would show a secret', async () => {
    const artist = createPerson(server, 'artist');
    const form = await artist.formFor([6933], 'Leak');
    const page = await artist.follow(await artist.send(form, '/ami/leak'));
    const refused = await artist.follow(await fill(artist, page, [['password', SECRET]]));
    expect(refused).toMatchObject({ status: 502, code: 'plan_outside_declaration' });
    expect(refused.text).not.toContain(SECRET);
  });

  it('takes nothing from another site, another browser, or with another page’s token', async () => {
    const artist = createPerson(server, 'artist');
    const page = await click(artist);
    const { action, fields } = page.form('/form');
    const answers = [...fields, ['reason', 'x']] as Fields;
    const elsewhere = { origin: server.studio.site.url, 'sec-fetch-site': 'cross-site' };
    expect((await artist.post(action, { form: answers, headers: elsewhere })).code).toBe('csrf_invalid');
    expect(
      (
        await artist.post(action, {
          form: [
            ['csrf', 'x'],
            ['reason', 'x'],
          ],
        })
      ).code,
    ).toBe('csrf_invalid');
    const manager = createPerson(server, 'manager');
    await click(manager);
    expect((await manager.post(action, { form: answers })).code).toBe('launch_not_yours');
    expect((await artist.get(page.url.pathname)).text).toContain('Continue to the preview');
  });

  it('loses nothing that was typed when ShotGrid does not answer', async () => {
    const artist = createPerson(server, 'artist');
    const page = await click(artist);
    server.studio.site.inject({ kind: 'bad_gateway', path: '/_text_search', count: 20 });
    const failed = await fill(artist, page, [
      ['reason', 'Kept for later'],
      ['shots', 'captain'],
    ]);
    expect(failed.code).toBe('shotgrid_unavailable');
    server.studio.site.reset();
    expect((await artist.get(page.url.pathname)).text).toContain('value="Kept for later"');
  }, 60_000);
});

/** The actions that come with the server, each used once as its menu item is meant to be, and undone where it changed something. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/answer.ts';
import { createPerson, type Fields, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const TASKS = 4608;
const [FIRST, SECOND] = [6933, 6934];

let server: TestServer;
let artist: Person;
let manager: Person;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(() => {
  server.studio.site.reset();
  artist = createPerson(server, 'artist');
  manager = createPerson(server, 'manager');
});
afterAll(() => server.close());

type Click = { readonly ids?: readonly number[]; readonly page?: number; readonly answers?: Fields };

/** Selects, picks the menu item and answers its form; the preview. */
async function use(person: Person, title: string, action: string, click: Click = {}): Promise<Answer> {
  const form = await person.formFor(click.ids ?? [FIRST, SECOND], title, click.page);
  const page = await person.follow(await person.send(form, `/ami/${action}`));
  if (click.answers === undefined) return page;
  const shown = page.form('/form');
  return person.follow(await person.post(shown.action, { form: [...shown.fields, ...click.answers] }));
}

async function undo(person: Person, runId: string): Promise<void> {
  const preview = await person.get(`/runs/${runId}/undo`);
  const { action, fields } = preview.form('/undo');
  await person.finish(await person.post(action, { form: fields }));
}

/** Rows that are not retired. */
const rows = (type: string) => server.studio.site.rows(type).filter(({ retired }) => !retired);
const row = (type: string, id: number) => rows(type).find((found) => found.id === id);

describe('an action that comes with the server', () => {
  it('approves with a note that all of them share', async () => {
    const before = server.studio.site.rows('Note').length;
    const preview = await use(artist, 'Approve with note', 'approve-with-note', {
      answers: [
        ['note', 'Lovely light.'],
        ['to', 'marcus'],
      ],
    });
    expect(preview.tally).toMatchObject({ changes: 3, creates: 1 });
    const run = await artist.finish(await artist.confirm(preview));
    expect(run.counts).toMatchObject({ done: 3 });
    expect(row('Version', FIRST)).toMatchObject({ sg_status_list: 'apr' });
    const notes = server.studio.site.rows('Note');
    expect(notes).toHaveLength(before + 1);
    expect(notes.at(-1)).toMatchObject({
      subject: 'Approved by Alma Ortiz',
      content: 'Lovely light.',
      note_links: [
        { type: 'Version', id: FIRST },
        { type: 'Version', id: SECOND },
      ],
      addressings_to: [{ type: 'HumanUser', id: 25 }],
    });
  });

  it('sets a status that the person chooses, and takes it back', async () => {
    const preview = await use(artist, 'Set status', 'set-status', { answers: [['status', 'vwd']] });
    const run = await artist.finish(await artist.confirm(preview));
    expect(row('Version', SECOND)).toMatchObject({ sg_status_list: 'vwd' });
    await undo(artist, run.run);
    expect(row('Version', SECOND)).toMatchObject({ sg_status_list: 'rev' });
  });

  it('sets the status of Tasks', async () => {
    const preview = await use(artist, 'Set task status', 'set-task-status', {
      ids: [5700],
      page: TASKS,
      answers: [['status', 'apr']],
    });
    await artist.finish(await artist.confirm(preview));
    expect(row('Task', 5700)).toMatchObject({ sg_status_list: 'apr' });
  });

  it.each([
    ['add', [24, 25]],
    ['replace', [25]],
    ['remove', [24]],
  ])('assigns tasks: %s', async (how, expected) => {
    const answers: Fields = [
      ['people', 'marcus'],
      ['how', how],
    ];
    const preview = await use(manager, 'Assign tasks', 'assign-tasks', { ids: [5700], page: TASKS, answers });
    if (how === 'remove') expect(preview.tally).toMatchObject({ already_so: 1 });
    else await manager.finish(await manager.confirm(preview));
    const people = row('Task', 5700)?.['task_assignees'] as readonly { readonly id: number }[];
    expect(people.map(({ id }) => id).sort()).toEqual(expected);
  });

  it('says before anything is written that an artist may not assign tasks', async () => {
    const preview = await use(artist, 'Assign tasks', 'assign-tasks', {
      ids: [5700, 5701],
      page: TASKS,
      answers: [
        ['people', 'marcus'],
        ['how', 'add'],
      ],
    });
    expect(preview.tally).toMatchObject({ changes: 0, refused: 2 });
    expect(preview.text).toContain('You may make 0 of 2 changes; 2 are refused');
    expect(() => preview.form('/run')).toThrow('has no form');
  });

  it('adds to a playlist that exists', async () => {
    const preview = await use(manager, 'Add to playlist', 'add-to-playlist', {
      answers: [
        ['where', 'existing'],
        ['playlist', 'dailies tuesday'],
      ],
    });
    const run = await manager.finish(await manager.confirm(preview));
    expect(run.counts).toMatchObject({ done: 1 });
    const versions = rows('PlaylistVersionConnection')
      .filter(({ playlist }) => (playlist as { readonly id: number }).id === 92)
      .map(({ version }) => (version as { readonly id: number }).id);
    expect(versions).toEqual(expect.arrayContaining([FIRST, SECOND]));
  });

  it('adds to a new playlist, which undo retires', async () => {
    const preview = await use(manager, 'Add to playlist', 'add-to-playlist', {
      answers: [
        ['where', 'new'],
        ['name', 'For the client'],
      ],
    });
    const run = await manager.finish(await manager.confirm(preview));
    expect(rows('Playlist').map(({ code }) => code)).toContain('For the client');
    await undo(manager, run.run);
    expect(rows('Playlist').map(({ code }) => code)).not.toContain('For the client');
  });

  it('writes a note on the selection', async () => {
    const preview = await use(artist, 'Note on selection', 'note-on-selection', {
      answers: [
        ['subject', 'Lens'],
        ['text', 'Which lens is this?'],
      ],
    });
    await artist.finish(await artist.confirm(preview));
    expect(server.studio.site.rows('Note').at(-1)).toMatchObject({ subject: 'Lens', user: { id: 24 } });
  });

  it('shifts dates, and ShotGrid moves the due date along', async () => {
    const before = row('Task', 5700);
    const preview = await use(manager, 'Shift dates', 'shift-dates', {
      ids: [5700],
      page: TASKS,
      answers: [['days', '7']],
    });
    await manager.finish(await manager.confirm(preview));
    expect(before).toMatchObject({ start_date: '2026-05-04' });
    expect(row('Task', 5700)).toMatchObject({ start_date: '2026-05-11', duration: before?.['duration'] });
    expect(row('Task', 5700)?.['due_date']).not.toBe(before?.['due_date']);
  });

  it('copies a field along a link', async () => {
    const preview = await use(artist, 'Copy description of the Shot', 'copy-shot-description', {
      answers: [['overwrite', 'on']],
    });
    await artist.finish(await artist.confirm(preview));
    expect(row('Version', FIRST)).toMatchObject({ description: row('Shot', 860)?.['description'] });
  });

  it('retires only when the number of rows is typed, and undo brings them back', async () => {
    const preview = await use(manager, 'Retire', 'retire');
    expect(preview.tally).toMatchObject({ changes: 2, deletes: 2 });
    const back = await manager.follow(await manager.confirm(preview));
    expect(back.text).toContain('The number you typed is not the number of changes.');
    expect(row('Version', FIRST)).toBeDefined();
    const { action, fields } = back.form('/run');
    const run = await manager.finish(await manager.post(action, { form: [...fields, ['count', '2']] }));
    expect(row('Version', FIRST)).toBeUndefined();
    await undo(manager, run.run);
    expect(row('Version', FIRST)).toMatchObject({ id: FIRST });
  });

  it('exports the selection as a table and as CSV, and has nothing to confirm', async () => {
    const page = await use(artist, 'Export selection', 'export-selection');
    expect(page.text).toContain('<table data-sortable>');
    expect(page.text).toContain('HSM_10_0010_anm_v001');
    expect(() => page.form('/run')).toThrow('has no form');
    const href = /href="([^"]*report\.csv[^"]*)"/.exec(page.text)?.[1] ?? '';
    const csv = await artist.get(href.replaceAll('&amp;', '&'));
    expect(csv.status).toBe(200);
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename=Hyperspace-Madness-Versions\.csv$/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(csv.text.split('\r\n')[0]).toBe('Id,Name,Link,Status,Artist,Description,Created');
    expect(csv.text.split('\r\n')).toHaveLength(4);
    const other = createPerson(server, 'manager');
    expect((await other.get(href.replaceAll('&amp;', '&'))).code).toBe('launch_not_yours');
  });

  it('tells people who they are here', async () => {
    const page = await use(artist, 'Who am I here', 'who-am-i');
    expect(page.text).toContain('You are Alma Ortiz');
    expect(page.text).toContain(`href="${server.studio.site.url}/detail/HumanUser/24"`);
  });
});

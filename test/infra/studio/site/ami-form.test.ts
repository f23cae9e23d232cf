import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { signForm } from '../../../../infra/studio/site/sign-form.ts';
import { ask, openSite, type TestSite } from './caller.ts';

type Vector = {
  readonly name: string;
  readonly algorithm: 'sha1' | 'sha256';
  readonly secret_token: string;
  readonly body: string;
  readonly expect: string;
};

/** Signed in another language, from the vendor's recipe. */
const { vectors } = JSON.parse(
  readFileSync(new URL('../../../ami/vectors/signatures.json', import.meta.url), 'utf8'),
) as { vectors: Vector[] };
const good = vectors.filter((vector) => vector.expect === 'accepted');

describe('signForm', () => {
  it.each(good)('agrees with the vendor’s recipe: $name', ({ name, algorithm, secret_token: secret, body }) => {
    const form = new URLSearchParams(body);
    const fields = [...form].filter(([, value]) => value !== '' || name !== 'blank_value_not_signed');
    expect(signForm(fields, secret, algorithm)).toBe(form.get('signature'));
  });

  it('agrees with the smallest known answer', () => {
    const fields = [
      ['user_id', '24'],
      ['timestamp', '2024-05-01T12:00:00Z'],
    ] as const;
    expect(signForm(fields, 'test_key')).toBe('b42e3f54a15d5a97d3daebbcb0b7ed80d883cf51');
  });
});

const SECRET = 'the-secret-of-the-menu-item';
const NOW = new Date('2026-05-01T12:00:00.789Z');
const URL_OF = (name: string) => `http://localhost:8080/ami/${name}`;

let studio: TestSite;
beforeEach(async () => {
  studio = await openSite({
    now: () => NOW,
    menuItems: [
      { title: 'Signed', url: URL_OF('signed'), entityType: 'Version', secretToken: SECRET },
      { title: 'Stronger', url: URL_OF('stronger'), secretToken: SECRET, signatureAlgorithm: 'sha256' },
      { title: 'Unsigned', url: URL_OF('unsigned'), selectionRequired: true },
      { title: 'Light', url: URL_OF('light'), lightPayload: true, folder: 'Review' },
      { title: 'Program', url: 'launchme://doSomething' },
      { title: 'Shots only', url: URL_OF('shots'), entityType: 'Shot', openInOverlay: true },
    ],
  });
});
afterEach(() => studio.site.close());

type Launch = {
  readonly method: string;
  readonly url: string;
  readonly fields: [string, string][];
  readonly overlay: boolean;
};

async function click(title: string, more: object = {}, login = 'artist'): Promise<Launch> {
  const item = studio.site.rows('ActionMenuItem').find((row) => row['title'] === title)?.id;
  const body = {
    item,
    page: 4606,
    type: 'Version',
    selected: [6934, 6933],
    sort: '-created_at',
    session: 'window-1',
    ...more,
  };
  const headers = { cookie: `_session_id=${studio.site.openSession(login)}` };
  const answer = await ask(`${studio.site.url}/_web/launch`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return answer.body as Launch;
}

describe('a click on a menu item', () => {
  it('posts everything a list page knows, one value per key, lists joined by commas', async () => {
    const { method, url, fields } = await click('Unsigned');
    expect([method, url]).toEqual(['POST', URL_OF('unsigned')]);
    expect(Object.fromEntries(fields)).toEqual({
      user_id: '24',
      user_login: 'artist',
      entity_type: 'Version',
      selected_ids: '6933,6934',
      ids: '6933,6934',
      title: 'All Versions',
      page_id: '4606',
      server_hostname: studio.site.host,
      referrer_path: '/page/4606',
      session_uuid: 'window-1',
      cols: 'image,code,entity,user,sg_status_list,description,updated_at,updated_by',
      column_display_names: 'Thumbnail,Version Name,Link,Artist,Status,Description,Date Updated,Updated by',
      view: 'Default',
      sort_column: 'created_at',
      sort_direction: 'desc',
      project_name: 'Hyperspace Madness',
      project_id: '116',
    });
    expect(new Set(fields.map(([name]) => name)).size).toBe(fields.length);
  });

  it('sends every id of the page when a selection is not required', async () => {
    const fields = new Map((await click('Signed')).fields);
    expect(fields.get('ids')?.split(',')).toHaveLength(60);
    const none = new Map((await click('Signed', { selected: [] })).fields);
    expect(none.get('selected_ids')).toBe('');
  });

  it('is signed with SHA-1 by default and SHA-256 where the item says so, over a timestamp to the second', async () => {
    for (const [title, algorithm] of [
      ['Signed', 'sha1'],
      ['Stronger', 'sha256'],
    ] as const) {
      const { fields } = await click(title);
      const form = new Map(fields);
      expect(form.get('timestamp')).toBe('2026-05-01T12:00:00Z');
      expect(form.get('signature')).toBe(signForm(fields, SECRET, algorithm));
    }
    expect((await click('Unsigned')).fields.map(([name]) => name)).not.toContain('signature');
  });

  it('is made as whoever is signed in to the site', async () => {
    const fields = new Map((await click('Signed', {}, 'manager')).fields);
    expect([fields.get('user_id'), fields.get('user_login')]).toEqual(['25', 'manager']);
  });

  it('on a detail page knows only the row', async () => {
    const { fields } = await click('Signed', { page: 0, selected: [6933] });
    const form = Object.fromEntries(fields.filter(([name]) => name !== 'timestamp' && name !== 'signature'));
    expect(form).toEqual({
      user_id: '24',
      user_login: 'artist',
      entity_type: 'Version',
      selected_ids: '6933',
      ids: '6933',
      title: 'Hyperspace Madness - Version 6933',
      server_hostname: studio.site.host,
      session_uuid: 'window-1',
      project_name: 'Hyperspace Madness',
      project_id: '116',
    });
  });

  it('with a light payload passes only the id of an event log row that holds the rest', async () => {
    const { method, url } = await click('Light');
    expect(method).toBe('GET');
    const id = new URL(url).searchParams.get('event_log_entry_id');
    expect([...new URL(url).searchParams.keys()]).toEqual(['event_log_entry_id']);
    const { body } = await studio.call('GET', `/entity/event_log_entries/${String(id)}`);
    expect(body.data.attributes).toMatchObject({
      event_type: 'Shotgun_ActionMenuItem_Triggered',
      session_uuid: 'window-1',
      meta: {
        type: 'ami_triggered',
        ami_payload: { user_login: 'artist', selected_ids: '6933,6934', cols: expect.arrayContaining(['code']) },
      },
    });
    expect(body.data.relationships.user.data).toMatchObject({ type: 'HumanUser', id: 24 });
  });

  it('for a program repeats the keys of lists in the query, but not those of ids', async () => {
    const { method, url } = await click('Program');
    expect(method).toBe('GET');
    const query = new URLSearchParams(url.split('?')[1]);
    expect(url).toMatch(/^launchme:\/\/doSomething\?/);
    expect(query.getAll('cols')).toHaveLength(8);
    expect(query.getAll('selected_ids')).toEqual(['6933,6934']);
    expect(url).toContain('column_display_names=Version%20Name');
  });

  it('is refused for items of another type, and for people outside its permission groups', async () => {
    const item = studio.site.rows('ActionMenuItem').find((row) => row['title'] === 'Unsigned')?.id ?? 0;
    await studio.call('PUT', `/entity/action_menu_items/${String(item)}`, {
      body: { permissions_groups: [{ type: 'PermissionRuleSet', id: 2 }] },
    });
    const shots = studio.site.rows('ActionMenuItem').find((row) => row['title'] === 'Shots only')?.id;
    for (const refused of [item, shots, 999]) {
      const headers = { cookie: `_session_id=${studio.site.openSession('artist')}` };
      const body = JSON.stringify({ item: refused, page: 4606, selected: [6933], session: 'w' });
      expect((await ask(`${studio.site.url}/_web/launch`, { method: 'POST', headers, body })).status).toBe(400);
    }
    expect((await click('Unsigned', {}, 'manager')).method).toBe('POST');
  });

  it('can be had again, as a file to play it from', async () => {
    const lastClick = () => ask(`${studio.site.url}/_studio/last-click`);
    expect((await lastClick()).status).toBe(404);
    for (const title of ['Signed', 'Unsigned']) {
      const { fields } = await click(title);
      expect((await lastClick()).body).toEqual(Object.fromEntries(fields));
    }
    const { url } = await click('Light');
    expect((await lastClick()).body).toEqual(Object.fromEntries(new URL(url).searchParams));
    studio.site.reset();
    expect((await lastClick()).status).toBe(404);
  });

  it('never shows the secret to a browser', async () => {
    for (const path of [
      '/page/4606',
      '/page/4607',
      '/detail/Version/6933',
      '/_studio/snapshot',
      '/_studio/menu-items',
    ]) {
      expect((await ask(studio.site.url + path)).text).not.toContain(SECRET);
    }
    expect(JSON.stringify(await click('Signed'))).not.toContain(SECRET);
  });
});

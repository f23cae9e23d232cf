import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { errorOf, openSite, PROJECT, type TestSite } from './caller.ts';

let studio: TestSite;
beforeEach(async () => {
  studio = await openSite();
});
afterEach(() => studio.site.close());

const types = () =>
  studio.site.eventLog().map((event) => `${String(event['event_type'])} ${String(event['attribute_name'])}`);

describe('the event log', () => {
  it('has old and new value of a change, the person, the project and the window', async () => {
    const token = await studio.token('artist', 'e8cd610a-9bf3-11e8-bb83-0242ac110004');
    const headers = { authorization: `Bearer ${token}` };
    await studio.call('PUT', '/entity/versions/6933', { headers, body: { sg_status_list: 'apr' } });
    const { body } = await studio.search(
      'event_log_entries',
      [['session_uuid', 'is', 'e8cd610a-9bf3-11e8-bb83-0242ac110004']],
      { fields: '*' },
    );
    expect(body.data).toHaveLength(1);
    expect(body.data[0]).toMatchObject({
      attributes: {
        event_type: 'Shotgun_Version_Change',
        attribute_name: 'sg_status_list',
        meta: {
          type: 'attribute_change',
          attribute_name: 'sg_status_list',
          entity_type: 'Version',
          entity_id: 6933,
          field_data_type: 'status_list',
          old_value: 'rev',
          new_value: 'apr',
          sudo_actual_user: { type: 'ApiUser', id: 298, name: 'understudy 1.0' },
        },
      },
      relationships: {
        user: { data: { type: 'HumanUser', id: 24 } },
        entity: { data: { id: 6933 } },
        project: { data: PROJECT },
      },
    });
  });

  it('names the script itself when it acts for nobody', async () => {
    await studio.call('PUT', '/entity/versions/6933', { body: { sg_status_list: 'apr' } });
    const [event] = studio.site.eventLog();
    expect(event).toMatchObject({ user: { type: 'ApiUser', id: 298 }, session_uuid: null });
    expect(event?.['meta']).not.toHaveProperty('sudo_actual_user');
  });

  it('has a row per populated field and one for the birth of a new row', async () => {
    await studio.call('POST', '/entity/notes', { as: 'artist', body: { project: PROJECT, subject: 'x' } });
    expect(types()).toEqual(
      expect.arrayContaining([
        'Shotgun_Note_Change subject',
        'Shotgun_Note_Change sg_status_list',
        'Shotgun_Note_Change project',
        'Shotgun_Note_New null',
      ]),
    );
    const changes = studio.site.eventLog().filter((event) => event['event_type'] === 'Shotgun_Note_Change');
    expect(changes.every((event) => (event['meta'] as { in_create?: boolean }).in_create)).toBe(true);
  });

  it('has a retirement and a change of retirement_date; their entity is null afterwards', async () => {
    await studio.call('DELETE', '/entity/versions/6933');
    expect(types()).toEqual(['Shotgun_Version_Change retirement_date', 'Shotgun_Version_Retirement null']);
    const { body } = await studio.search('event_log_entries', [], { fields: 'entity,meta' });
    expect(body.data[1].relationships.entity.data).toBeNull();
    expect(body.data[1].attributes.meta).toMatchObject({ type: 'entity_retirement', entity_id: 6933 });
    await studio.call('POST', '/entity/versions/6933?revive=1');
    expect(types().at(-1)).toBe('Shotgun_Version_Revival null');
  });

  it('shows a link change from both sides', async () => {
    await studio.call('PUT', '/entity/tasks/5700', { body: { entity: { type: 'Shot', id: 861 } } });
    expect(types()).toEqual(['Shotgun_Task_Change entity', 'Shotgun_Shot_Change tasks', 'Shotgun_Shot_Change tasks']);
    const [original, added, removed] = studio.site.eventLog();
    expect(added).toMatchObject({
      entity: { type: 'Shot', id: 861 },
      meta: {
        actual_attribute_changed: 'Task.entity',
        entity_type: 'Task',
        entity_id: 5700,
        added: [{ type: 'Task', id: 5700 }],
        original_event_log_entry_id: original?.id,
      },
    });
    expect(removed).toMatchObject({ entity: { type: 'Shot', id: 860 }, meta: { added: [], removed: [{ id: 5700 }] } });
  });

  it('cannot be filtered by meta, changed or deleted', async () => {
    await studio.call('PUT', '/entity/versions/6933', { body: { description: 'x' } });
    const [event] = studio.site.eventLog();
    const id = String(event?.id);
    expect((await studio.search('event_log_entries', [['meta', 'is', 'x']])).status).toBe(400);
    expect((await studio.call('PUT', `/entity/event_log_entries/${id}`, { body: { description: 'y' } })).status).toBe(
      400,
    );
    expect((await studio.call('DELETE', `/entity/event_log_entries/${id}`)).status).toBe(400);
  });

  it('is not for artists', async () => {
    const answer = await studio.call('GET', '/entity/event_log_entries', { as: 'artist' });
    expect(errorOf(answer)).toMatchObject({ status: 400, code: 104 });
  });
});

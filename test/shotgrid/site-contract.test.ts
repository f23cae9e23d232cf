import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import type { ServiceError } from '../../src/errors.ts';
import { createShotgrid, type Shotgrid, type ShotgridClient } from '../../src/shotgrid/client.ts';
import { checkPerson, findPerson } from '../../src/shotgrid/people.ts';
import { createStatusNames } from '../../src/shotgrid/status-names.ts';
import { rejection } from './local-site.ts';
import { rejectionOf } from './rejection-of.ts';

/** The client against the stand-in of the site, which was written from the protocol and not from this client. */
const PROJECT = 116;
const VERSION = 6933;
const WINDOW = '9676a296-7e16-11e7-8758-0242ac110004';

let site: Site;
let shotgrid: Shotgrid;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());
beforeEach(() => {
  site.reset();
  shotgrid = createShotgrid({
    siteUrl: site.url,
    scriptName: site.scriptName,
    scriptKey: site.scriptKey,
    now: () => new Date(),
    sleep: () => Promise.resolve(),
  });
});
afterEach(() => shotgrid.close());

const as = (login: string): ShotgridClient => shotgrid.asPerson({ login, sessionUuid: WINDOW });
const approve = { operation: 'update', entityType: 'Version', id: VERSION, data: { sg_status_list: 'apr' } } as const;
const batchCalls = (): number => site.calls.filter(({ path }) => path.includes('_batch')).length;
const version = (id: number): Record<string, unknown> | undefined => site.rows('Version').find((row) => row.id === id);

describe('people', () => {
  it.each([
    [24, 'artist', 'allowed'],
    [25, 'manager', 'allowed'],
    [26, 'admin.flag-on', 'allowed'],
    [27, 'admin.flag-off', 'sudo_flag_off'],
    [28, 'artist.flag-off', 'sudo_flag_off'],
    [29, 'inactive', 'sudo_inactive'],
    [31, 'retired', 'sudo_inactive'],
    [999, 'stranger', 'person_unknown'],
  ])('%i (%s) are judged before any attempt as the site itself would: %s', async (id, login, verdict) => {
    const person = await findPerson(shotgrid.asScript(), { id });
    const question = { claimed: { id, login }, identity: { login }, person, policy: 'flag' } as const;
    const ours = rejectionOf(() => checkPerson(question))?.code ?? 'allowed';
    expect(ours).toBe(verdict);
    const theirs = await as(login)
      .find('Version', VERSION, ['code'])
      .then(
        () => 'allowed',
        (error: unknown) => (error as ServiceError).code,
      );
    // The site calls a retired person unknown; we have looked, and know better.
    expect(theirs).toBe(login === 'retired' ? 'person_unknown' : verdict);
  });

  it('come with their permission group, so that a policy can refuse every admin', async () => {
    const [artist, admin] = await Promise.all([24, 26].map((id) => findPerson(shotgrid.asScript(), { id })));
    expect(artist).toMatchObject({ permissionGroups: ['artist'], permissionGroupName: 'Artist', sudoFlag: 'on' });
    const check = (): unknown =>
      checkPerson({
        claimed: { id: 26, login: 'admin.flag-on' },
        identity: { login: 'admin.flag-on' },
        person: admin,
        policy: 'never_admins',
      });
    expect(check).toThrow(expect.objectContaining({ code: 'sudo_admin_refused' }));
  });

  it('are refused as soon as somebody takes the tick away', async () => {
    site.setFlag('artist', false);
    expect(await findPerson(shotgrid.asScript(), { id: 24 })).toMatchObject({ sudoFlag: 'off' });
    expect(await rejection(as('artist').find('Version', VERSION, []))).toMatchObject({ code: 'sudo_flag_off' });
  });

  it('cannot be acted for with a wrong key', async () => {
    const wrong = createShotgrid({
      siteUrl: site.url,
      scriptName: site.scriptName,
      scriptKey: 'wrong',
      now: () => new Date(),
    });
    const error = await rejection(wrong.asPerson({ login: 'artist' }).find('Version', VERSION, []));
    await wrong.close();
    expect(error).toMatchObject({ code: 'shotgrid_unavailable', reason: 'script_refused' });
  });
});

describe('reading', () => {
  it('finds every row, over many pages', async () => {
    const rows = await shotgrid.asScript().search('Version', { fields: ['code'], pageSize: 7 });
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, i) => VERSION + i));
  });

  it('takes both forms of filters, dotted paths and links', async () => {
    const list = await shotgrid.asScript().search('Version', {
      filters: [['id', 'in', [VERSION, VERSION + 1]]],
      fields: ['code', 'entity', 'entity.Shot.code', 'sg_status_list', 'nonsense'],
    });
    expect(list).toHaveLength(2);
    expect(list[0]?.fields['entity']).toMatchObject({ type: 'Shot', name: list[0]?.fields['entity.Shot.code'] });
    expect(list[0]?.fields['nonsense']).toBeUndefined();
    const tree = await shotgrid.asScript().search('Version', {
      filters: {
        logical_operator: 'or',
        conditions: [['id', 'is', VERSION], { logical_operator: 'and', conditions: [['id', 'is', VERSION + 9]] }],
      },
      fields: ['code'],
      sort: '-id',
    });
    expect(tree.map(({ id }) => id)).toEqual([VERSION + 9, VERSION]);
  });

  it('reads rows by id in one call', async () => {
    const rows = await as('artist').rowsByIds('Version', [VERSION + 2, VERSION, 1, VERSION], { fields: ['code'] });
    expect(rows.map(({ id }) => id).sort()).toEqual([VERSION, VERSION + 2]);
    expect(site.calls.filter(({ path }) => path.includes('_search'))).toHaveLength(1);
  });

  it('knows a row that is not there from a type that is not there', async () => {
    expect(await shotgrid.asScript().find('Version', 1, ['code'])).toBeUndefined();
    expect(await rejection(shotgrid.asScript().find('Nonsense', 1, []))).toMatchObject({ code: 'shotgrid_not_found' });
    expect(await rejection(shotgrid.asScript().search('Nonsense', { fields: [] }))).toMatchObject({
      code: 'shotgrid_not_found',
    });
  });

  it('names the statuses', async () => {
    const names = await createStatusNames({ now: () => new Date() })(shotgrid.asScript(), 'Version', PROJECT);
    expect(names.usable).toContain('apr');
    expect(names.label('apr')).not.toBe('apr');
    const fields = await shotgrid.asScript().fields('Version', PROJECT);
    expect(fields.get('sg_status_list')).toMatchObject({ dataType: 'status_list' });
    expect(fields.get('entity')?.validTypes).toContain('Shot');
  });

  it('types ahead and counts', async () => {
    const matches = await as('artist').textSearch({ text: 'hsm 10', entityTypes: { Shot: [], Version: [] }, limit: 5 });
    expect(matches.length).toBeGreaterThan(0);
    expect(matches.length).toBeLessThanOrEqual(5);
    const summary = await shotgrid.asScript().summarize('Version', { summaries: [{ field: 'id', type: 'count' }] });
    expect(summary.summaries.get('id')).toBe(60);
  });

  it('asks the site about itself', async () => {
    expect(await shotgrid.siteInfo()).toMatchObject({
      appSessionLauncherEnabled: true,
      userAuthenticationMethod: 'default',
    });
    expect(await shotgrid.check()).toMatchObject({ ready: true });
    site.inject({ kind: 'bad_gateway' });
    expect(await shotgrid.check()).toMatchObject({ ready: false, reason: 'site_error' });
  });
});

describe('writing', () => {
  it('is done by the person, seen in the browser window of the click, and traced to the script', async () => {
    const [result] = await as('artist').batch([approve]);
    expect(result).toMatchObject({ operation: 'update', row: { id: VERSION } });
    expect(version(VERSION)).toMatchObject({ sg_status_list: 'apr', updated_by: { type: 'HumanUser', id: 24 } });
    const event = site.eventLog().find((row) => row['attribute_name'] === 'sg_status_list');
    expect(event).toMatchObject({
      user: { type: 'HumanUser', id: 24 },
      session_uuid: WINDOW,
      meta: { sudo_actual_user: { type: 'ApiUser' } },
    });
  });

  it('is all or nothing', async () => {
    const before = site.snapshot();
    const error = await rejection(as('manager').batch([approve, { ...approve, id: 999_999 }]));
    expect(error).toMatchObject({ code: 'shotgrid_not_found' });
    expect(site.snapshot()).toEqual(before);
  });

  it('is refused where the person may not, with the words of the site', async () => {
    const before = site.snapshot();
    const error = await rejection(as('artist').batch([{ operation: 'delete', entityType: 'Version', id: VERSION }]));
    expect(error).toMatchObject({ code: 'shotgrid_refused', siteCode: 104 });
    expect((error as unknown as { siteErrorId: string }).siteErrorId).toMatch(/^[0-9a-f]{32}$/);
    expect(error.message).toContain('can not be deleted by this user');
    expect(site.snapshot()).toEqual(before);
  });

  it('creates, deletes and revives', async () => {
    const manager = as('manager');
    const project = { type: 'Project', id: PROJECT };
    const note = await manager.create('Note', { project, subject: 'hello' });
    const [created] = await manager.batch([
      { operation: 'create', entityType: 'Playlist', data: { project, code: 'Monday' } },
    ]);
    expect(created).toMatchObject({ operation: 'create', row: { type: 'Playlist' } });
    expect(await manager.batch([{ operation: 'delete', entityType: 'Note', id: note.id }])).toMatchObject([
      { didDelete: true },
    ]);
    expect(await manager.find('Note', note.id, ['subject'])).toBeUndefined();
    expect(await manager.rowsByIds('Note', [note.id], { fields: ['subject'], retired: true })).toHaveLength(1);
    expect(await manager.revive('Note', note.id)).toBe(true);
    expect(await manager.find('Note', note.id, ['subject'])).toMatchObject({ name: 'hello' });
  });
});

describe('faults', () => {
  it('a token that ends in the middle is replaced, and the write is made once', async () => {
    await as('artist').find('Version', VERSION, []);
    site.inject({ kind: 'unauthorized', path: '_batch' });
    await as('artist').batch([approve]);
    expect(version(VERSION)).toMatchObject({ sg_status_list: 'apr' });
    expect(site.eventLog().filter((row) => row['attribute_name'] === 'sg_status_list')).toHaveLength(1);
  });

  it.each(['rate_limited', 'bad_gateway', 'unavailable', 'drop'] as const)(
    'a read survives two times %s',
    async (kind) => {
      site.inject({ kind, path: '_search', count: 2 });
      expect(await as('artist').search('Version', { fields: ['code'], limit: 1 })).toHaveLength(1);
    },
  );

  it('a write survives two times 429', async () => {
    site.inject({ kind: 'rate_limited', path: '_batch', count: 2, retryAfterSeconds: 1 });
    await as('artist').batch([approve]);
    expect(batchCalls()).toBe(3);
  });

  it.each(['bad_gateway', 'drop', 'empty'] as const)(
    'a write that was made but answered by %s is unknown and not made twice',
    async (kind) => {
      site.inject({ kind, path: '_batch', after: true });
      const create = {
        operation: 'create',
        entityType: 'Note',
        data: { project: { type: 'Project', id: PROJECT }, subject: kind },
      } as const;
      expect(await rejection(as('manager').batch([create]))).toMatchObject({ code: 'outcome_unknown' });
      expect(batchCalls()).toBe(1);
      expect(site.rows('Note').filter((row) => row['subject'] === kind)).toHaveLength(1);
    },
  );

  it('a write whose answer never comes is unknown, and was made', async () => {
    site.inject({ kind: 'hang', path: '_batch', after: true, delayMs: 1000 });
    expect(await rejection(as('artist').batch([approve], { timeoutMs: 100 }))).toMatchObject({
      code: 'outcome_unknown',
      failure: 'timed_out',
    });
    expect(batchCalls()).toBe(1);
    expect(version(VERSION)).toMatchObject({ sg_status_list: 'apr' });
  });

  it('a site that shuts this server out says so', async () => {
    site.inject({ kind: 'blocked', path: '_search' });
    expect(await rejection(as('artist').search('Version', { fields: [] }))).toMatchObject({ reason: 'blocked' });
  });
});

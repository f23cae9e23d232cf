/** Undo and retry: a run is taken back as far as its rows are still as it left them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import type { Change } from '../../src/actions/plan.ts';
import { FollowUpRefusedError, RunNotYoursError } from '../../src/runs/errors.ts';
import { databases } from '../support/databases.ts';
import { createEngine, noteOn, remove, setStatus, type Engine } from './engine.ts';

const [{ open }] = databases as [(typeof databases)[number]];
const IDS = [6933, 6934, 6935];

let site: Site;
let engine: Engine;
let project: number;
beforeAll(async () => {
  site = await startSite();
});
beforeEach(async () => {
  site.reset();
  project = site.rows('Project')[0]!.id;
  for (const id of IDS) site.setField('Version', id, 'sg_status_list', 'rev');
  engine = createEngine(site, await open());
});
afterEach(() => engine.close());
afterAll(() => site.close());

const version = (id: number) => site.rows('Version').find((row) => row.id === id);
const status = (id: number) => version(id)?.['sg_status_list'];
const changes = (): readonly Change[] => IDS.map((id) => setStatus(id));

describe('undoing a run', () => {
  it('puts back what is still as the run left it, and leaves alone what somebody changed since', async () => {
    const run = await engine.run('manager', changes());
    site.setField('Version', 6934, 'sg_status_list', 'hld');
    site.retire('Version', 6935);
    const { preview, run: undo } = await engine.follow('undo', run, 'manager');
    expect(preview.plan.changes).toMatchObject([{ id: 6933, fields: [{ before: 'apr', after: 'rev' }] }]);
    expect(preview.plan.untouched).toMatchObject([
      { id: 6935, reason: 'not_found' },
      { id: 6934, reason: 'changed_since' },
    ]);
    expect(undo).toMatchObject({ status: 'finished', undoOf: run.id, launchId: undefined, counts: { done: 1 } });
    expect([status(6933), status(6934)]).toEqual(['rev', 'hld']);
    const [record] = (await engine.audit.search({ runId: undo.id, type: 'run.confirmed' })).records;
    expect(record?.content.details).toMatchObject({ undoOf: run.id });
  });

  it('is done once; the undo can be undone, which is the run again', async () => {
    const run = await engine.run('manager', changes());
    const { run: undo } = await engine.follow('undo', run, 'manager');
    await expect(engine.follow('undo', run, 'manager')).rejects.toThrow(FollowUpRefusedError);
    expect(await engine.followUps.options(run)).toMatchObject({ undo: { done: { id: undo.id } } });
    const { run: redo } = await engine.follow('undo', undo, 'manager');
    expect(redo.counts.done).toBe(3);
    expect(IDS.map(status)).toEqual(['apr', 'apr', 'apr']);
  });

  it('is one run, however often it is confirmed at once', async () => {
    const run = await engine.run('manager', changes());
    const me = engine.identity('manager');
    const { digest } = await engine.followUps.preview('undo', run, me);
    const confirmed = { digest, reference: 'r', clientAddress: undefined };
    const all = await Promise.all(
      Array.from({ length: 5 }, () => engine.followUps.confirm('undo', run, me, confirmed)),
    );
    expect(new Set(all.map((one) => one?.run.id)).size).toBe(1);
    expect(all.filter((one) => one?.isNew)).toHaveLength(1);
    expect(await engine.followUps.confirm('retry', run, me, confirmed).catch((error: unknown) => error)).toBeInstanceOf(
      FollowUpRefusedError,
    );
  });

  it('is not confirmed with another plan than was shown', async () => {
    const run = await engine.run('manager', changes());
    const me = engine.identity('manager');
    const { digest } = await engine.followUps.preview('undo', run, me);
    site.setField('Version', 6934, 'sg_status_list', 'hld');
    await engine.followUps.preview('undo', run, me);
    const confirmed = { digest, reference: 'r', clientAddress: undefined };
    expect(await engine.followUps.confirm('undo', run, me, confirmed)).toBeUndefined();
  });

  it('retires the rows that were created, and undoing that revives them', async () => {
    const run = await engine.run('manager', [noteOn('one', project), noteOn('two', project)]);
    const created = (await engine.runs.rows(run.id)).map(({ createdId }) => createdId);
    const notes = () => site.rows('Note').filter(({ id }) => created.includes(id));
    expect(notes().map(({ subject }) => subject)).toEqual(['one', 'two']);
    site.setField('Note', created[1]!, 'subject', 'two, by hand');
    const { run: undo } = await engine.follow('undo', run, 'manager');
    expect(notes().map(({ retired }) => retired)).toEqual([true, false]);
    const { run: redo } = await engine.follow('undo', undo, 'manager');
    expect(redo.counts.done).toBe(1);
    expect(notes().map(({ retired }) => retired)).toEqual([false, false]);
  });

  it('revives what was deleted, and leaves alone what somebody revived already', async () => {
    const run = await engine.run('manager', [remove('Version', 6933), remove('Version', 6934)]);
    expect(version(6933)?.retired).toBe(true);
    await engine.shotgrid.asScript().revive('Version', 6934);
    const { preview, run: undo } = await engine.follow('undo', run, 'manager');
    expect(preview.plan.changes).toMatchObject([{ kind: 'revive', id: 6933 }]);
    expect(preview.permissions.rows).toEqual([{ permission: 'unchecked', why: 'cannot_tell' }]);
    expect(undo.counts).toMatchObject({ done: 1 });
    expect(version(6933)?.retired).toBe(false);
  });

  it('is for the person who ran it, and for an admin, who does it under their own name', async () => {
    const run = await engine.run('manager', changes());
    await expect(engine.followUps.preview('undo', run, engine.identity('artist'))).rejects.toThrow(RunNotYoursError);
    const stranger = { ...engine.identity('manager'), subject: 'somebody else' };
    await expect(engine.followUps.preview('undo', run, stranger)).rejects.toThrow(RunNotYoursError);
    const { run: undo } = await engine.follow('undo', run, 'admin.flag-on');
    expect(undo.actor).toMatchObject({ login: 'admin.flag-on', id: 26 });
    expect(IDS.map(status)).toEqual(['rev', 'rev', 'rev']);
    await expect(engine.followUps.preview('retry', run, engine.identity('admin.flag-on'))).rejects.toThrow(
      RunNotYoursError,
    );
  });

  it('is refused while the run goes on, and when it changed nothing', async () => {
    const run = await engine.confirm('manager', changes());
    await expect(engine.followUps.preview('undo', run, engine.identity('manager'))).rejects.toThrow('still going on');
    for (const id of IDS) site.setField('Version', id, 'sg_status_list', 'apr');
    const over = await engine.finish(run);
    await expect(engine.followUps.preview('undo', over, engine.identity('manager'))).rejects.toThrow('changed nothing');
    expect(await engine.followUps.options(over)).toEqual({});
  });
});

describe('trying a run again', () => {
  it('proposes only what was not done, from how its rows are now', async () => {
    site.inject({ kind: 'drop', path: '_batch' });
    const run = await engine.run('manager', [...changes(), noteOn('perhaps', project)]);
    expect(run.counts).toMatchObject({ unknown: 4 });
    site.setField('Version', 6934, 'sg_status_list', 'hld');
    site.setField('Version', 6935, 'sg_status_list', 'apr');
    const { preview, run: again } = await engine.follow('retry', run, 'manager');
    expect(preview.plan.changes).toMatchObject([
      { id: 6933, fields: [{ before: 'rev', after: 'apr' }] },
      { id: 6934, fields: [{ before: 'hld', after: 'apr' }] },
    ]);
    expect(preview.plan.untouched).toMatchObject([{ id: 6935, reason: 'already_so' }]);
    expect(again).toMatchObject({ retryOf: run.id, counts: { done: 2 } });
    expect(site.rows('Note').filter(({ subject }) => subject === 'perhaps')).toEqual([]);
  });

  it('is offered for what was refused or cancelled too, and not for a run that is all done', async () => {
    const done = await engine.run('manager', changes());
    expect(await engine.followUps.options(done)).toEqual({ undo: {} });
    const refused = await engine.run('artist', [remove('Version', 6933)]);
    expect(refused.counts).toMatchObject({ refused: 1 });
    expect(await engine.followUps.options(refused)).toEqual({ retry: {} });
  });
});

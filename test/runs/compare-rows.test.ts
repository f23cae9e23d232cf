import { describe, expect, it } from '@jest/globals';
import type { Change, FieldValue } from '../../src/actions/plan.ts';
import { firstDifference, readBack, settleBeforeWrite } from '../../src/runs/compare-rows.ts';

const approve = change({ sg_status_list: ['rev', 'apr'] });

describe('the last look at a row before it is written', () => {
  it('writes a row that is still as the person saw it', () => {
    expect(settleBeforeWrite(approve, { sg_status_list: 'rev' })).toBeUndefined();
  });

  it('leaves a row alone that is already as wanted', () => {
    expect(settleBeforeWrite(approve, { sg_status_list: 'apr' })).toEqual({ outcome: 'already_so' });
  });

  it('leaves a row alone that somebody changed since the preview, and says so', () => {
    expect(settleBeforeWrite(approve, { sg_status_list: 'hld' })).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('Somebody changed this row since the preview'),
    });
  });

  it('says that a row is gone', () => {
    expect(settleBeforeWrite(approve, undefined)).toMatchObject({
      outcome: 'failed',
      detail: 'The row is not there any more.',
    });
  });

  it('takes one changed field of several for a changed row', () => {
    const two = change({ sg_status_list: ['rev', 'apr'], description: [null, 'ok'] });
    expect(settleBeforeWrite(two, { sg_status_list: 'rev', description: null })).toBeUndefined();
    expect(settleBeforeWrite(two, { sg_status_list: 'rev', description: 'mine' })).toMatchObject({ outcome: 'failed' });
    expect(settleBeforeWrite(two, { sg_status_list: 'apr', description: null })).toMatchObject({ outcome: 'failed' });
  });

  it('reads a field that was not answered as empty', () => {
    const clear = change({ description: ['old', null] });
    expect(settleBeforeWrite(clear, {})).toEqual({ outcome: 'already_so' });
    expect(settleBeforeWrite(change({ description: [null, 'new'] }), {})).toBeUndefined();
  });

  it('does not find a field in the prototype', () => {
    const strange = change({ ['constructor' as string]: [null, 'x'], ['toString' as string]: [null, 'y'] });
    expect(settleBeforeWrite(strange, {})).toBeUndefined();
  });

  it('compares links by type and id, in any order, whatever they are called', () => {
    const link = (id: number, name: string) => ({ type: 'HumanUser', id, name });
    const assign = change({ task_assignees: [[link(1, 'Old'), link(2, 'Two')], [link(3, 'Three')]] });
    expect(settleBeforeWrite(assign, { task_assignees: [link(2, 'Renamed'), link(1, 'One')] })).toBeUndefined();
    expect(settleBeforeWrite(assign, { task_assignees: [{ type: 'Group', id: 1 }, link(2, '')] })).toMatchObject({
      outcome: 'failed',
    });
  });
});

describe('reading a row back after a write of unknown fate', () => {
  it.each([
    ['applied', { sg_status_list: 'apr' }],
    ['untouched', { sg_status_list: 'rev' }],
    ['different', { sg_status_list: 'hld' }],
    ['different', undefined],
  ] as const)('says %s of %j', (verdict, current) => {
    expect(readBack(approve, current)).toBe(verdict);
  });
});

describe('the site’s answer to a write', () => {
  it('names the field that it stored differently', () => {
    expect(firstDifference(approve, { sg_status_list: 'rev' })).toBe('sg_status_list');
    expect(firstDifference(approve, { sg_status_list: 'apr' })).toBeUndefined();
  });

  it('is no proof of anything where it is silent', () => {
    expect(firstDifference(approve, { code: 'v001' })).toBeUndefined();
  });
});

function change(fields: Readonly<Record<string, readonly [before: FieldValue, after: FieldValue]>>): Change {
  return {
    kind: 'update',
    entityType: 'Version',
    id: 1,
    name: 'v001',
    fields: Object.entries(fields).map(([field, [before, after]]) => ({ field, before, after })),
  };
}

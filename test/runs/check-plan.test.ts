import { describe, expect, it } from '@jest/globals';
import type { Change, Plan } from '../../src/actions/plan.ts';
import { verifyPlan } from '../../src/runs/check-plan.ts';
import { PlanOutsideDeclarationError } from '../../src/runs/errors.ts';

const ACTION = {
  maxRows: 3,
  touches: [
    { operation: 'update', entityType: 'Version', fields: ['sg_status_list'] },
    { operation: 'update', entityType: 'Version', fields: ['description'] },
    { operation: 'create', entityType: 'Note', fields: ['subject', 'project'] },
    { operation: 'delete', entityType: 'Note', fields: [] },
  ],
} as const;
const set = (field: string, after: unknown = 'x') => ({ field, before: null, after });
const update = (id: number, ...fields: readonly string[]) => ({
  kind: 'update',
  entityType: 'Version',
  id,
  name: 'v',
  fields: fields.map((field) => set(field)),
});

function check(...changes: readonly unknown[]): void {
  verifyPlan({ changes: changes as readonly Change[], untouched: [] }, ACTION);
}

describe('a plan within its action’s declaration', () => {
  it.each([
    ['an update of declared fields, also from two declarations', update(1, 'sg_status_list', 'description')],
    ['a create', { kind: 'create', entityType: 'Note', name: 'n', fields: [set('subject')] }],
    ['a delete', { kind: 'delete', entityType: 'Note', id: 1, name: 'n', fields: [] }],
  ])('passes: %s', (_what, change) => {
    expect(() => check(change)).not.toThrow();
  });

  it('may create many rows alike, and change rows of two types with one id', () => {
    const note = { kind: 'create', entityType: 'Note', name: 'n', fields: [set('subject')] };
    expect(() => check(note, note)).not.toThrow();
    expect(() =>
      check(update(1, 'description'), { kind: 'delete', entityType: 'Note', id: 1, name: 'n', fields: [] }),
    ).not.toThrow();
  });
});

describe('a plan outside of it', () => {
  it.each([
    ['another field', [update(1, 'code')], 'set code of a Version'],
    ['a declared field of another operation', [update(1, 'subject')], 'set subject'],
    ['another type', [{ ...update(1, 'sg_status_list'), entityType: 'Task' }], 'update a Task'],
    [
      'another operation',
      [{ kind: 'delete', entityType: 'Version', id: 1, name: 'v', fields: [] }],
      'delete a Version',
    ],
    [
      'a revive, which no action may propose',
      [{ kind: 'revive', entityType: 'Note', id: 1, name: 'n', fields: [] }],
      'neither',
    ],
    ['two changes of one row', [update(1, 'description'), update(1, 'sg_status_list')], 'two changes of Version 1'],
    ['more rows than allowed', [1, 2, 3, 4].map((id) => update(id, 'description')), '4 rows, where 3'],
    ['one field twice', [update(1, 'description', 'description')], 'sets description twice'],
    ['an update of nothing', [update(1)], 'no fields'],
    [
      'a delete with fields',
      [{ kind: 'delete', entityType: 'Note', id: 1, name: 'n', fields: [set('subject')] }],
      'fields',
    ],
    ['an id that is text', [{ ...update(1, 'description'), id: '1' }], 'no row id'],
    ['an id below one', [update(0, 'description')], 'no row id'],
    [
      'a create with an id',
      [{ kind: 'create', entityType: 'Note', id: 9, name: 'n', fields: [set('subject')] }],
      'has an id',
    ],
    ['a field without a value', [{ ...update(1), fields: [{ field: 'description', before: null }] }], 'no value'],
    ['a dotted field', [update(1, 'entity.Shot.code')], 'cannot be one'],
    ['a field of the prototype', [{ ...update(1), fields: [set('__proto__')] }], 'cannot be one'],
    ['no name', [{ ...update(1, 'description'), name: 7 }], 'no name'],
    ['nothing', [null], 'is none'],
    ['a kind of the prototype', [{ ...update(1, 'description'), kind: 'constructor' }], 'neither'],
  ])('is refused: %s', (_what, changes, message) => {
    expect(() => check(...changes)).toThrow(PlanOutsideDeclarationError);
    expect(() => check(...changes)).toThrow(message);
  });

  it.each([[{}], [{ changes: 'all', untouched: [] }], [{ changes: [] }]])('is refused: %j is no plan', (plan) => {
    expect(() => verifyPlan(plan as unknown as Plan, ACTION)).toThrow(PlanOutsideDeclarationError);
  });
});

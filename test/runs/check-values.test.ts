import { describe, expect, it } from '@jest/globals';
import type { Change, FieldValue } from '../../src/actions/plan.ts';
import { checkValues, verifyValues } from '../../src/runs/check-values.ts';
import { PlanInvalidError } from '../../src/runs/errors.ts';
import { ShotgridNotFoundError, ShotgridUnavailableError } from '../../src/shotgrid/errors.ts';
import type { FieldSchema } from '../../src/shotgrid/schema.ts';

const schema = (dataType: string, more: Partial<FieldSchema> = {}): FieldSchema => ({
  name: dataType,
  dataType,
  editable: true,
  mandatory: false,
  validValues: [],
  hiddenValues: [],
  displayValues: new Map(),
  defaultValue: null,
  validTypes: [],
  ...more,
});
const FIELDS = new Map([
  ['status', schema('status_list', { validValues: ['rev', 'apr'], hiddenValues: ['apr'] })],
  ['text', schema('text')],
  ['flag', schema('checkbox')],
  ['count', schema('number')],
  ['ratio', schema('float')],
  ['due', schema('date')],
  ['at', schema('date_time')],
  ['shot', schema('entity', { validTypes: ['Shot'] })],
  ['people', schema('multi_entity', { validTypes: ['HumanUser', 'Group'] })],
  ['picture', schema('image')],
]);

function changeOf(field: string, after: FieldValue): Change {
  return { kind: 'update', entityType: 'Version', id: 7, name: 'shot_010', fields: [{ field, before: null, after }] };
}

describe('a value that the site takes', () => {
  it.each<[string, FieldValue]>([
    ['status', 'rev'],
    // Hidden in the project; the site takes it all the same.
    ['status', 'apr'],
    ['status', null],
    ['text', ''],
    ['flag', false],
    ['count', -5],
    ['ratio', '1.5'],
    ['due', '2024-02-29'],
    ['at', '2024-02-29T12:00:00Z'],
    ['shot', { type: 'Shot', id: 1, name: 'x' }],
    ['shot', null],
    ['people', []],
    ['people', [{ type: 'Group', id: 2 }]],
  ])('passes: %s = %j', (field, after) => {
    expect(() => verifyValues(changeOf(field, after), FIELDS)).not.toThrow();
  });
});

describe('a value that the site would not take', () => {
  it.each<[string, FieldValue]>([
    ['status', 'approved'],
    ['status', 1],
    ['text', 5],
    ['flag', null],
    ['flag', 'yes'],
    ['count', 1.5],
    ['count', 2 ** 31],
    ['count', '5'],
    ['ratio', 'much'],
    ['due', '2024-02-30'],
    ['due', 'tomorrow'],
    ['at', 'noon'],
    ['shot', { type: 'Asset', id: 1 }],
    ['shot', 1],
    ['people', { type: 'Group', id: 2 }],
    ['people', [{ type: 'Shot', id: 2 }]],
    ['people', [3]],
    ['picture', 'x'],
    ['unknown', 'x'],
    ['constructor', 'x'],
  ])('is told with its row and field: %s = %j', (field, after) => {
    const attempt = () => verifyValues(changeOf(field, after), FIELDS);
    expect(attempt).toThrow(PlanInvalidError);
    expect(attempt).toThrow('Version 7 (“shot_010”)');
    expect(attempt).toThrow(field);
  });
});

describe('a type', () => {
  const plan = { changes: [changeOf('text', 'x')], untouched: [] };
  const fault = { status: 404, code: 103, errorId: undefined, message: '' };

  it('that the site does not have is the action’s mistake', async () => {
    const read = () => Promise.reject(new ShotgridNotFoundError(fault));
    await expect(checkValues(plan, read, undefined)).rejects.toThrow('no rows of type Version');
  });

  it('that cannot be read now is no mistake', async () => {
    const read = () => Promise.reject(new ShotgridUnavailableError('unreachable'));
    await expect(checkValues(plan, read, undefined)).rejects.toThrow(ShotgridUnavailableError);
  });
});

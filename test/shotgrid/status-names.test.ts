import { describe, expect, it } from '@jest/globals';
import type { FieldSchema } from '../../src/shotgrid/schema.ts';
import { createStatusNames } from '../../src/shotgrid/status-names.ts';

const FIELD: FieldSchema = {
  name: 'Status',
  dataType: 'status_list',
  editable: true,
  mandatory: false,
  validValues: ['na', 'rev', 'apr', 'fin'],
  hiddenValues: ['na'],
  displayValues: new Map([
    ['rev', 'Pending Review'],
    ['apr', 'Approved'],
  ]),
  defaultValue: 'rev',
  validTypes: [],
};

function setUp(maxEntries = 200) {
  const clock = { at: 0 };
  const asked: string[] = [];
  const state = { down: false };
  const client = {
    field: (type: string, field: string, project?: number): Promise<FieldSchema> => {
      asked.push(`${type}.${field} ${project ?? '-'}`);
      return state.down ? Promise.reject(new Error('down')) : Promise.resolve(FIELD);
    },
  };
  const read = createStatusNames({ now: () => new Date(clock.at), ttlMs: 1000, maxEntries });
  return { clock, asked, state, names: (type: string, project?: number) => read(client, type, project) };
}

describe('status names', () => {
  it('are the labels, or the code where there is none', async () => {
    const names = await setUp().names('Version', 85);
    expect(['apr', 'fin', 'xyz', 'constructor'].map((code) => names.label(code))).toEqual([
      'Approved',
      'fin',
      'xyz',
      'constructor',
    ]);
    expect(names.usable).toEqual(['rev', 'apr', 'fin']);
  });

  it('are asked for once per type and project, also by many at once, until they are old', async () => {
    const { names, asked, clock } = setUp();
    await Promise.all([names('Version', 85), names('Version', 85), names('Task', 85), names('Version')]);
    expect(asked).toEqual(['Version.sg_status_list 85', 'Task.sg_status_list 85', 'Version.sg_status_list -']);
    clock.at = 999;
    await names('Version', 85);
    expect(asked).toHaveLength(3);
    clock.at = 1000;
    await names('Version', 85);
    expect(asked).toHaveLength(4);
  });

  it('are bounded', async () => {
    const { names, asked } = setUp(2);
    for (const project of [1, 2, 3, 1]) await names('Version', project);
    expect(asked).toHaveLength(4);
  });

  it('are asked for again after a failure', async () => {
    const { names, state } = setUp();
    state.down = true;
    await expect(names('Version')).rejects.toThrow('down');
    state.down = false;
    expect((await names('Version')).label('apr')).toBe('Approved');
  });
});

/** A report: changes nothing, shows a table that sorts in the page and is exported as CSV. */
import { defineAction } from 'understudy/action';

const COLUMNS = {
  Version: {
    entity: 'Link',
    sg_status_list: 'Status',
    user: 'Artist',
    description: 'Description',
    created_at: 'Created',
  },
  Shot: { sg_sequence: 'Sequence', sg_status_list: 'Status', description: 'Description', sg_cut_duration: 'Frames' },
  Task: { entity: 'Link', step: 'Step', sg_status_list: 'Status', task_assignees: 'Assigned to', due_date: 'Due' },
} as const;

const NUMBERS: readonly string[] = ['sg_cut_duration'];
const DATES: readonly string[] = ['created_at', 'due_date'];

export const action = defineAction({
  title: 'Export selection',
  description: 'Shows the selected rows as a table, to sort and to export as CSV.',
  entityTypes: Object.keys(COLUMNS),
  menu: { folder: 'Reports' },
  async plan({ payload, read }) {
    const { entityType = '', selectedIds } = payload;
    const columns = Object.entries(COLUMNS[entityType as keyof typeof COLUMNS]);
    const rows = await read.rows(
      entityType,
      selectedIds,
      columns.map(([field]) => field),
    );
    return {
      report: {
        title: `${payload.project?.name ?? 'Selected'} ${entityType}s`,
        table: {
          columns: [
            { label: 'Id', type: 'number' },
            { label: 'Name', type: 'text' },
            ...columns.map(([field, label]) => ({ label, type: typeOf(field) })),
          ],
          rows: rows.map((row) => [row.id, row.name ?? null, ...columns.map(([field]) => plain(row.fields[field]))]),
        },
      },
    };
  },
});

function typeOf(field: string): 'text' | 'number' | 'date' {
  if (NUMBERS.includes(field)) return 'number';
  return DATES.includes(field) ? 'date' : 'text';
}

function plain(value: unknown): string | number | boolean | null {
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === null || typeof value !== 'object' || !('name' in value)) return null;
  return typeof value.name === 'string' ? value.name : null;
}

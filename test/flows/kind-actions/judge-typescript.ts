import { defineAction } from 'understudy/action';

export const action = defineAction({
  title: 'Judge',
  description: 'Gives the selected Versions a status, and a remark for everybody to read.',
  entityTypes: ['Version'],
  form: {
    status: { type: 'status', label: 'Status', entityType: 'Version', required: true },
    remark: { type: 'text', label: 'Remark', required: true, maxLength: 200 },
  },
  fields: ['sg_status_list', 'description'],
  touches: [{ operation: 'update', entityType: 'Version', fields: ['sg_status_list', 'description'] }],
  plan: ({ rows, form }) => ({
    changes: rows.map((row) =>
      // More than it announces, when a test asks for it.
      form.remark === 'overstep'
        ? { delete: row }
        : { update: row, set: { sg_status_list: form.status, description: form.remark } },
    ),
  }),
});

import { defineAction } from 'understudy/action';

export const action = defineAction({
  title: 'Sign off in code',
  entityTypes: ['Version'],
  as: 'self',
  fields: ['sg_status_list'],
  touches: [{ operation: 'update', entityType: 'Version', fields: ['sg_status_list'] }],
  plan: ({ rows }) => ({ changes: rows.map((row) => ({ update: row, set: { sg_status_list: 'apr' } })) }),
});

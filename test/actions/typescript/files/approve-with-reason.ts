import { defineAction } from '../../../../src/actions/typescript/define.ts';

export const action = defineAction({
  title: 'Approve with reason',
  entityTypes: ['Version'],
  form: {
    reason: { type: 'text', label: 'Reason', required: true },
    reviewers: { type: 'user', label: 'Reviewers', multiple: true },
    loud: { type: 'checkbox', label: 'Tell everybody' },
  },
  fields: ['sg_status_list', 'description'],
  touches: [{ operation: 'update', entityType: 'Version', fields: ['sg_status_list', 'description'] }],
  plan: ({ rows, form }) => {
    // These lines are the test of the types: they compile only if the form's values have them.
    const reason: string = form.reason;
    const reviewers: readonly { id: number }[] | null = form.reviewers;
    const loud: boolean = form.loud;
    return {
      changes: rows.map((row) => ({
        update: row,
        set: { sg_status_list: 'apr', description: loud ? `${reason}!` : reason },
      })),
      report: { text: `${reviewers?.length ?? 0} reviewers` },
    };
  },
});

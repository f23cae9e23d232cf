import { defineAction } from '../../../../src/actions/typescript/define.ts';

export const action = defineAction({
  title: '',
  entityTypes: ['version'],
  confirm: 'never',
  touches: [{ operation: 'delete', entityType: 'Version' }],
  plan: () => ({}),
});

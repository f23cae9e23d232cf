import { defineAction } from '../../../../src/actions/typescript/define.ts';

/** Asks for a proof without naming the service that it is for. */
export const action = defineAction({
  title: 'Prove to nobody',
  entityTypes: ['Version'],
  async plan({ proof }) {
    return { report: { text: (await proof()).token } };
  },
});

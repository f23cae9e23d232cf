import { defineAction } from '../../../../src/actions/typescript/define.ts';

/** Tells another service who the person is; here the proof is only counted. */
export const action = defineAction({
  title: 'Prove',
  entityTypes: ['Version'],
  proof: { kind: 'assertion', audience: 'farm' },
  async plan({ proof }) {
    const { kind, token } = await proof();
    return { report: { text: `${kind} of ${token.length}` } };
  },
});

import { defineAction } from 'understudy/action';

export const action = defineAction({
  title: 'Hand over',
  entityTypes: ['Version'],
  handOff: true,
  async plan({ handOff, launchId }) {
    const { sealed, expiresAt } = await handOff();
    // A real one sends it to a farm; this one lets a test have it.
    return { report: { text: `${sealed} ${expiresAt.toISOString()} ${launchId ?? ''}` } };
  },
});

import { defineAction } from 'understudy/action';

export const action = defineAction({
  title: 'Take anyway',
  entityTypes: ['Version'],
  async plan(context) {
    const { sealed } = await context.handOff();
    return { report: { text: sealed } };
  },
});

import { defineAction } from 'understudy/action';

export const action = defineAction({
  title: 'Both',
  entityTypes: ['Version'],
  handOff: true,
  touches: [{ operation: 'update', entityType: 'Version', fields: ['description'] }],
  plan: () => ({}),
});

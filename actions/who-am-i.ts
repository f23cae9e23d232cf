/** A report about the person who clicks: who everybody here agrees that they are. */
import { defineAction } from 'understudy/action';

export const action = defineAction({
  title: 'Who am I here',
  description: 'Tells who you are for ShotGrid and for this server, and what was selected.',
  entityTypes: ['Version', 'Shot', 'Task', 'Asset'],
  menu: { folder: 'Reports' },
  plan: ({ person, identity, payload }) => ({
    report: {
      title: `You are ${person.name}`,
      text: 'ShotGrid, your studio’s sign-in and this server agree on who you are. Whatever you confirm here is done with your own permissions, and recorded under your name.',
      links: [{ label: 'Your page in ShotGrid', href: `/detail/HumanUser/${person.id}` }],
      table: {
        columns: [
          { label: 'What', type: 'text' },
          { label: 'Value', type: 'text' },
        ],
        rows: [
          ['Login in ShotGrid', person.login],
          ['Login at sign-in', identity.login],
          ['Roles on this server', identity.roles.join(', ')],
          ['Project', payload.project?.name ?? null],
          ['Page', payload.title ?? null],
          ['Selected', payload.selectedIds.length],
        ],
      },
    },
  }),
});

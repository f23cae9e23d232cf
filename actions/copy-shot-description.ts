/** Copies a field along a link: from the Shot that a Version belongs to, to the Version. */
import { defineAction } from 'understudy/action';

export const action = defineAction({
  title: 'Copy description of the Shot',
  description: 'Gives the selected Versions the description of the Shot they belong to.',
  entityTypes: ['Version'],
  menu: { folder: 'More' },
  form: {
    overwrite: { type: 'checkbox', label: 'Also where a Version has a description already' },
  },
  fields: ['description', 'entity'],
  touches: [{ operation: 'update', entityType: 'Version', fields: ['description'] }],
  async plan({ rows, form, read }) {
    const shotOf = new Map(rows.map((row) => [row.id, idOfShot(row.fields['entity'])]));
    const ids = [...new Set([...shotOf.values()].filter((id) => id !== undefined))];
    const shots = new Map((await read.rows('Shot', ids, ['description'])).map((shot) => [shot.id, shot]));
    return {
      changes: rows.flatMap((row) => {
        const description = shots.get(shotOf.get(row.id) ?? 0)?.fields['description'];
        if (typeof description !== 'string') return [];
        if (!form.overwrite && row.fields['description'] !== null) return [];
        return [{ update: row, set: { description } }];
      }),
    };
  },
});

function idOfShot(link: unknown): number | undefined {
  if (link === null || typeof link !== 'object') return undefined;
  const { type, id } = link as { readonly type?: unknown; readonly id?: unknown };
  return type === 'Shot' && typeof id === 'number' ? id : undefined;
}

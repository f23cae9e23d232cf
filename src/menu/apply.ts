/** A plan of menu items → the site, one change after the other. What the site refuses is told, and the others go on. */
import type { MenuChange } from './plan.ts';
import type { ItemWriter, WrittenItem } from './write-items.ts';

/**
 * @param tokenFor - The secret token of an action, kept safe before an item gets it.
 */
export async function applyChanges(
  changes: readonly MenuChange[],
  writer: ItemWriter,
  tokenFor: (action: string) => Promise<string>,
): Promise<readonly WrittenItem[]> {
  const written: WrittenItem[] = [];
  for (const change of changes) {
    // The others would meet the same silence, each for as long.
    if (written.at(-1)?.outcome === 'failed' || written.at(-1)?.outcome === 'not_done') {
      written.push({ change, outcome: 'not_done', id: undefined, detail: 'ShotGrid stopped answering' });
    } else written.push(await write(change, writer, tokenFor));
  }
  return written;
}

async function write(
  change: MenuChange,
  writer: ItemWriter,
  tokenFor: (action: string) => Promise<string>,
): Promise<WrittenItem> {
  switch (change.kind) {
    case 'create':
      return writer.create(change, await tokenFor(change.action));
    case 'update':
      return writer.update(change);
    case 'retire':
      return writer.retire(change);
  }
}

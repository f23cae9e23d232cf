/** Descriptions of fields, read once in a while and kept: names and status labels are the same for everybody. */
import type { ShotgridClient } from './client.ts';
import type { FieldSchema } from './schema.ts';

export type ReadFieldSchemas = (entityType: string, projectId?: number) => Promise<ReadonlyMap<string, FieldSchema>>;

/**
 * A reader that asks the site once per type and project in `ttlMs` (default 5 min), and remembers `maxEntries` (default 200).
 *
 * @param options.client - The script's: what is kept must not depend on who asked first.
 */
export function createFieldSchemas(options: {
  readonly client: Pick<ShotgridClient, 'fields'>;
  readonly now: () => Date;
  readonly ttlMs?: number;
  readonly maxEntries?: number;
}): ReadFieldSchemas {
  const { client, now, ttlMs = 300_000, maxEntries = 200 } = options;
  const kept = new Map<
    string,
    { readonly fields: Promise<ReadonlyMap<string, FieldSchema>>; readonly until: number }
  >();

  return async function readFieldSchemas(entityType, projectId) {
    const key = JSON.stringify([entityType, projectId ?? null]);
    const found = kept.get(key);
    if (found !== undefined && now().getTime() < found.until) return found.fields;
    const entry = { fields: client.fields(entityType, projectId), until: now().getTime() + ttlMs };
    kept.delete(key);
    kept.set(key, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= maxEntries) break;
      kept.delete(oldest);
    }
    try {
      return await entry.fields;
    } catch (error) {
      // A failure is not remembered.
      if (kept.get(key) === entry) kept.delete(key);
      throw error;
    }
  };
}

/**
 * What the status codes of a type are called, as this project offers them; read once in a while and kept.
 * ShotGrid REST: usable = `valid_values` less the project's `hidden_values`; a code without a label is shown as it is.
 */
import type { ShotgridClient } from './client.ts';

export type StatusNames = {
  /** What people call this code; the code itself when it has no label. */
  label(code: string): string;
  /** Codes offered in this project, in the site's order. */
  readonly usable: readonly string[];
};

/** `client` should be the script's: labels are the same for everybody, and so they are kept for everybody. */
export type ReadStatusNames = (
  client: Pick<ShotgridClient, 'field'>,
  entityType: string,
  projectId?: number,
) => Promise<StatusNames>;

const STATUS_FIELD = 'sg_status_list';

/** A reader that asks the site once per type and project in `ttlMs` (default 5 min), and remembers `maxEntries`. */
export function createStatusNames(options: {
  readonly now: () => Date;
  readonly ttlMs?: number;
  readonly maxEntries?: number;
}): ReadStatusNames {
  const { now, ttlMs = 300_000, maxEntries = 200 } = options;
  const kept = new Map<string, { readonly names: Promise<StatusNames>; readonly until: number }>();

  return async function readStatusNames(client, entityType, projectId) {
    const key = JSON.stringify([entityType, projectId ?? null]);
    const found = kept.get(key);
    if (found !== undefined && now().getTime() < found.until) return found.names;
    const entry = { names: fetchNames(client, entityType, projectId), until: now().getTime() + ttlMs };
    kept.delete(key);
    kept.set(key, entry);
    while (kept.size > maxEntries) {
      const [oldest] = kept.keys();
      if (oldest !== undefined) kept.delete(oldest);
    }
    try {
      return await entry.names;
    } catch (error) {
      // A failure is not remembered.
      if (kept.get(key) === entry) kept.delete(key);
      throw error;
    }
  };
}

async function fetchNames(
  client: Pick<ShotgridClient, 'field'>,
  entityType: string,
  projectId: number | undefined,
): Promise<StatusNames> {
  const { validValues, hiddenValues, displayValues } = await client.field(entityType, STATUS_FIELD, projectId);
  const hidden = new Set(hiddenValues);
  return {
    label: (code) => displayValues.get(code) ?? code,
    usable: validValues.filter((code) => !hidden.has(code)),
  };
}

/** The row of the site's event log behind a light click. */
import type { ShotgridClient } from '../shotgrid/client.ts';

/** The site shows a row some tenths of a second after the click that it belongs to. */
const PAUSES_MS = [0, 300, 700];

/** Reads as the script; undefined when the row does not appear in about a second. */
export function createReadEventLogEntry(
  script: Pick<ShotgridClient, 'find'>,
  sleep: (ms: number) => Promise<unknown>,
): (id: number) => Promise<unknown> {
  return async function readEventLogEntry(id) {
    for (const pause of PAUSES_MS) {
      if (pause > 0) await sleep(pause);
      const row = await script.find('EventLogEntry', id, ['event_type', 'user', 'meta', 'created_at']);
      if (row !== undefined) return row.fields;
    }
    return undefined;
  };
}

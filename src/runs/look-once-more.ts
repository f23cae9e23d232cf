/** The last look at rows before they are written: what needs no write any more gets its outcome, the rest is to be written. */
import type { ShotgridClient } from '../shotgrid/client.ts';
import { SiteSessionEndedError } from '../shotgrid/own-session-errors.ts';
import type { Actor } from './actor.ts';
import { readBack, settleBeforeWrite } from './compare-rows.ts';
import { findCreated } from './find-created.ts';
import type { RowOutcome } from './outcome.ts';
import { readCurrent } from './read-current.ts';
import type { RunRow } from './row-store.ts';
import type { Outcomes } from './write-batch.ts';

export type Looked = { readonly settled: Outcomes; readonly toWrite: readonly RunRow[] };

/** Throws for nothing that the site does, but when the person's own session is over and rows are still to be begun. `createdIds` are asked for only when an earlier process left creates behind. */
export async function lookOnceMore(
  client: ShotgridClient,
  actor: Actor,
  rows: readonly RunRow[],
  createdIds: () => Promise<readonly number[]>,
): Promise<Looked> {
  const lost = rows.filter(({ change, progress }) => change.kind === 'create' && progress === 'sending');
  const others = rows.filter((row) => !lost.includes(row));
  const [looked, found] = await Promise.all([
    lookAt(client, others),
    lost.length === 0 ? new Map<number, RowOutcome>() : lookForCreated(client, actor, lost, createdIds),
  ]);
  return { settled: new Map([...looked.settled, ...found]), toWrite: looked.toWrite };
}

async function lookAt(client: ShotgridClient, rows: readonly RunRow[]): Promise<Looked> {
  let current: ReadonlyMap<number, Readonly<Record<string, unknown>>>;
  try {
    current = await readCurrent(client, rows);
  } catch (error) {
    if (error instanceof SiteSessionEndedError && rows.some(({ progress }) => progress !== 'sending')) throw error;
    return { settled: new Map(rows.map((row) => [row.position, cannotRead(row, error)])), toWrite: [] };
  }
  const settled = new Map<number, RowOutcome>();
  const toWrite: RunRow[] = [];
  for (const row of rows) {
    const outcome =
      row.progress === 'sending'
        ? settleInterrupted(row, current.get(row.position))
        : settleBeforeWrite(row.change, current.get(row.position));
    if (outcome === undefined) toWrite.push(row);
    else settled.set(row.position, outcome);
  }
  return { settled, toWrite };
}

async function lookForCreated(
  client: ShotgridClient,
  actor: Actor,
  rows: readonly RunRow[],
  createdIds: () => Promise<readonly number[]>,
): Promise<Outcomes> {
  try {
    return await findCreated(client, actor, rows, new Set(await createdIds()));
  } catch (error) {
    return new Map(rows.map((row) => [row.position, cannotRead(row, error)]));
  }
}

/** An earlier process marked the row and was gone before its outcome: the row itself says whether it was written. */
function settleInterrupted(
  row: RunRow,
  current: Readonly<Record<string, unknown>> | undefined,
): RowOutcome | undefined {
  switch (readBack(row.change, current)) {
    case 'applied':
      return { outcome: 'done' };
    case 'untouched':
      return undefined;
    case 'different':
      return {
        outcome: 'unknown',
        detail:
          'The server was stopped while it wrote this row, and the row now holds another value. Look at it in ShotGrid.',
      };
  }
}

/** Of rows that an earlier process may have sent, where the site cannot be asked as the person any more. */
export function unreadable(rows: readonly RunRow[]): Outcomes {
  return new Map(rows.map((row) => [row.position, cannotRead(row, undefined)]));
}

function cannotRead(row: RunRow, error: unknown): RowOutcome {
  if (row.progress === 'sending') {
    return {
      outcome: 'unknown',
      detail: 'The server was stopped while it wrote this row, and it cannot be read back now. Look at it in ShotGrid.',
    };
  }
  const isRefusal = error instanceof Error && 'status' in error && error.status === 403;
  const why = error instanceof Error ? error.message : 'ShotGrid could not be read.';
  return { outcome: isRefusal ? 'refused' : 'failed', detail: `${why} This row was not changed.` };
}

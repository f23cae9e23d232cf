/**
 * Some changes, written as the person: in one batch, which the site applies whole or not at all. A batch that is refused is
 * halved until the row that cannot be written stands alone. Never throws for what the site does: every row gets its word.
 */
import type { Change, FieldValue } from '../actions/plan.ts';
import { ServiceError } from '../errors.ts';
import {
  ShotgridNotFoundError,
  ShotgridRefusedError,
  ShotgridRequestError,
  ShotgridUnavailableError,
  OutcomeUnknownError,
} from '../shotgrid/errors.ts';
import type { BatchRequest, BatchResult } from '../shotgrid/batch.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import { SiteSessionEndedError } from '../shotgrid/own-session-errors.ts';
import { firstDifference, readBack } from './compare-rows.ts';
import type { RowOutcome } from './outcome.ts';
import { readCurrent } from './read-current.ts';

export type PositionedChange = { readonly position: number; readonly change: Change };

export type Outcomes = ReadonlyMap<number, RowOutcome>;

/** The site asks for slowness: waited for so often, beyond the patience of each call. */
const PAUSES_MS = [2_000, 5_000, 15_000];

type Pause = (ms: number) => Promise<void>;

/**
 * Writes `changes` as the person `client` acts for; the answer has an outcome for each position.
 *
 * @param pause - Waits until the site may be asked again.
 */
export async function writeBatch(
  client: ShotgridClient,
  changes: readonly PositionedChange[],
  pause: Pause = () => Promise.resolve(),
): Promise<Outcomes> {
  const revives = changes.filter(({ change }) => change.kind === 'revive');
  const others = changes.filter(({ change }) => change.kind !== 'revive');
  const outcomes = new Map(await writeTogether(client, others, pause));
  // ShotGrid REST: a batch cannot revive.
  for (const { position, change } of revives) outcomes.set(position, await revive(client, position, change));
  return outcomes;
}

async function writeTogether(
  client: ShotgridClient,
  changes: readonly PositionedChange[],
  pause: Pause,
): Promise<Outcomes> {
  if (changes.length === 0) return new Map();
  try {
    const answers = await patiently(pause, () => client.batch(changes.map(({ change }) => toRequest(change))));
    return new Map(changes.map(({ position, change }, index) => [position, judge(change, answers[index])]));
  } catch (error) {
    if (error instanceof OutcomeUnknownError) return readBackAll(client, changes);
    const [first] = changes;
    if (isAboutOneRow(error) && changes.length > 1) {
      const middle = Math.ceil(changes.length / 2);
      const half = await writeTogether(client, changes.slice(0, middle), pause);
      return new Map([...half, ...(await writeTogether(client, changes.slice(middle), pause))]);
    }
    if (error instanceof ShotgridNotFoundError && first?.change.kind === 'delete') {
      return forAll(changes, { outcome: 'already_so' });
    }
    return forAll(changes, toOutcome(error));
  }
}

async function revive(client: ShotgridClient, position: number, change: Change): Promise<RowOutcome> {
  try {
    const didRevive = await client.revive(change.entityType, change.id ?? 0);
    return { outcome: didRevive ? 'done' : 'already_so' };
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError)) return toOutcome(error);
    return (await readBackAll(client, [{ position, change }])).get(position) ?? UNKNOWN;
  }
}

function isAboutOneRow(error: unknown): boolean {
  return (
    error instanceof ShotgridRefusedError ||
    error instanceof ShotgridNotFoundError ||
    error instanceof ShotgridRequestError
  );
}

/** A site that asks to slow down has applied nothing, and is asked again later. */
async function patiently<T>(pause: Pause, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const ms = PAUSES_MS[attempt];
      const isPassing =
        error instanceof ShotgridUnavailableError && (error.reason === 'rate_limited' || error.reason === 'busy');
      if (!isPassing || ms === undefined) throw error;
      await pause(ms);
    }
  }
}

export function toRequest(change: Change): BatchRequest {
  const { entityType } = change;
  switch (change.kind) {
    case 'create':
      return { operation: 'create', entityType, data: dataOf(change) };
    case 'update':
      return { operation: 'update', entityType, id: change.id, data: dataOf(change) };
    case 'delete':
      return { operation: 'delete', entityType, id: change.id };
    case 'revive':
      throw new TypeError('a batch cannot revive');
  }
}

function dataOf(change: Change): Readonly<Record<string, FieldValue>> {
  return Object.fromEntries(change.fields.map(({ field, after, send }) => [field, send ?? after]));
}

/** "Done" is said only when the site's own answer does not contradict it. */
function judge(change: Change, answer: BatchResult | undefined): RowOutcome {
  if (answer?.operation === 'delete') return answer.didDelete ? { outcome: 'done' } : { outcome: 'already_so' };
  if (answer === undefined) return { outcome: 'unknown', detail: 'ShotGrid’s answer does not mention this row.' };
  const field = firstDifference(change, answer.row.fields);
  if (change.kind === 'create') {
    const done = { outcome: 'done', createdId: answer.row.id } as const;
    return field === undefined ? done : { ...done, detail: `ShotGrid stored another value in ${field}.` };
  }
  if (field === undefined) return { outcome: 'done' };
  return { outcome: 'failed', detail: `ShotGrid accepted the change but stored another value in ${field}.` };
}

/** Time-out or lost connection: the rows themselves are asked; what they do not prove stays unknown. */
async function readBackAll(client: ShotgridClient, changes: readonly PositionedChange[]): Promise<Outcomes> {
  try {
    const current = await readCurrent(client, changes);
    return new Map(
      changes.map(({ position, change }) => [
        position,
        readBack(change, current.get(position)) === 'applied' ? { outcome: 'done' as const } : UNKNOWN,
      ]),
    );
  } catch {
    return forAll(changes, UNKNOWN);
  }
}

/** Of rows whose turn had not come when the person's own session was over. */
export const SESSION_ENDED =
  'Your own session in ShotGrid was over before this row’s turn came. Try the rest again: you are asked to approve once more.';

const UNKNOWN: RowOutcome = {
  outcome: 'unknown',
  detail:
    'ShotGrid did not answer in time, and the row did not show the change when it was read back. Look at it in ShotGrid.',
};

function toOutcome(error: unknown): RowOutcome {
  if (error instanceof ShotgridRefusedError) {
    return { outcome: 'refused', detail: error.siteMessage || error.message, siteErrorId: error.siteErrorId };
  }
  if (error instanceof ShotgridNotFoundError || error instanceof ShotgridRequestError) {
    return { outcome: 'failed', detail: error.siteMessage || error.message, siteErrorId: error.siteErrorId };
  }
  if (error instanceof SiteSessionEndedError) return { outcome: 'not_done', detail: SESSION_ENDED };
  if (error instanceof ServiceError) {
    return { outcome: error.status === 403 ? 'refused' : 'failed', detail: error.message };
  }
  // Nothing says that the site was not reached, so nothing is claimed.
  return {
    outcome: 'unknown',
    detail: 'Something unexpected happened while this row was written. Look at it in ShotGrid.',
  };
}

function forAll(changes: readonly PositionedChange[], outcome: RowOutcome): Outcomes {
  return new Map(changes.map(({ position }) => [position, outcome]));
}

/**
 * Asks ShotGrid which changes it would let this person make, without making one. ShotGrid REST: a batch is applied whole or not
 * at all, so the real writes are sent with a sentinel behind them that always fails: a 404 about the sentinel means that all
 * before it are allowed, anything else is the refusal of one of them, which halving finds.
 */
import type { Change, Plan } from '../actions/plan.ts';
import {
  ShotgridNotFoundError,
  ShotgridRefusedError,
  ShotgridRequestError,
  type SiteFault,
} from '../shotgrid/errors.ts';
import type { BatchRequest } from '../shotgrid/batch.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import { SiteSessionEndedError } from '../shotgrid/own-session-errors.ts';
import type { FieldSchema } from '../shotgrid/schema.ts';
import { summarizePermissions, type Permissions, type RowPermission } from './permissions.ts';
import { toRequest, type PositionedChange } from './write-batch.ts';

export type DryRunLimits = {
  /** Rows asked about by one call. ShotGrid does the work of all of them before it takes it back. */
  readonly batchRows: number;
  readonly concurrency: number;
  /** What is not asked by then stays unchecked. */
  readonly timeMs: number;
};

const DEFAULT_LIMITS: DryRunLimits = { batchRows: 100, concurrency: 4, timeMs: 10_000 };

const SENTINEL_ID = 999_999_999;
const SENTINEL: BatchRequest = { operation: 'update', entityType: 'Task', id: SENTINEL_ID, data: { content: 'x' } };

/** No site has a status of this name. */
const NEVER_A_STATUS = 'understudy_dry_run';

type Verdicts = Map<number, RowPermission>;

/** What could not be asked is `unchecked`. Throws for nothing that the site does, but when the person's own session is over. */
export async function checkPermissions(
  client: ShotgridClient,
  plan: Plan,
  options: {
    readonly projectId: number | undefined;
    readonly now: () => Date;
    readonly limits?: DryRunLimits | undefined;
  },
): Promise<Permissions> {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const startedAt = options.now().getTime();
  const timeLeftMs = (): number => limits.timeMs - (options.now().getTime() - startedAt);
  const verdicts: Verdicts = new Map();
  const rows = plan.changes.map((change, position): PositionedChange => ({ position, change }));

  const schemas = await readSchemas(client, rows, options.projectId);
  refuseReadOnlyFields(rows, schemas, verdicts);
  const questions: (() => Promise<void>)[] = [
    ...createQuestions(client, rows, schemas, verdicts, timeLeftMs),
    ...writeQuestions(client, rows, verdicts, timeLeftMs, limits.batchRows),
  ];
  await inParallel(questions, limits.concurrency, () => timeLeftMs() > 0);
  return summarizePermissions(
    rows.map(({ position, change }) => verdicts.get(position) ?? notAsked(change)),
    options.now(),
  );
}

function notAsked({ kind }: Change): RowPermission {
  return { permission: 'unchecked', why: kind === 'revive' ? 'cannot_tell' : 'not_reached' };
}

type Schemas = ReadonlyMap<string, ReadonlyMap<string, FieldSchema>>;

/** As the person: whether a field is editable is told per caller. */
async function readSchemas(
  client: ShotgridClient,
  rows: readonly PositionedChange[],
  projectId: number | undefined,
): Promise<Schemas> {
  const types = [...new Set(rows.map(({ change }) => change.entityType))];
  const read = await Promise.all(
    types.map(async (type) => {
      try {
        return [type, await client.fields(type, projectId)] as const;
      } catch {
        return [type, new Map<string, FieldSchema>()] as const;
      }
    }),
  );
  return new Map(read);
}

/** Costs no write: a field that the schema calls read-only is refused, whatever the row. */
function refuseReadOnlyFields(rows: readonly PositionedChange[], schemas: Schemas, verdicts: Verdicts): void {
  for (const { position, change } of rows) {
    if (change.kind !== 'update') continue;
    const closed = change.fields.find(({ field }) => schemas.get(change.entityType)?.get(field)?.editable === false);
    if (closed === undefined) continue;
    const reason = `The field is not editable for this user: [${change.entityType}.${closed.field}].`;
    verdicts.set(position, { permission: 'refused', reason });
  }
}

/** One question for each type: a create with a status that no site has says about the status, or about the permission. */
function createQuestions(
  client: ShotgridClient,
  rows: readonly PositionedChange[],
  schemas: Schemas,
  verdicts: Verdicts,
  timeLeftMs: () => number,
): readonly (() => Promise<void>)[] {
  const creates = rows.filter(({ change }) => change.kind === 'create');
  return [...Map.groupBy(creates, ({ change }) => change.entityType)].map(([type, ofType]) => async () => {
    const verdict = await askCreate(client, type, ofType[0]?.change, schemas.get(type), timeLeftMs());
    for (const { position } of ofType) verdicts.set(position, verdict);
  });
}

async function askCreate(
  client: ShotgridClient,
  entityType: string,
  sample: Change | undefined,
  fields: ReadonlyMap<string, FieldSchema> | undefined,
  timeoutMs: number,
): Promise<RowPermission> {
  const status = [...(fields ?? [])].find(([, { dataType }]) => dataType === 'status_list')?.[0];
  if (status === undefined) return { permission: 'unchecked', why: 'cannot_tell' };
  const project = sample?.fields.find(({ field }) => field === 'project');
  // The status stands first: the site looks at values in the order given.
  const data = {
    [status]: NEVER_A_STATUS,
    ...(project === undefined ? {} : { project: project.send ?? project.after }),
  };
  try {
    const row = await client.create(entityType, data, { timeoutMs });
    // Not a site as it is known: take back what it made, and claim nothing.
    await client.batch([{ operation: 'delete', entityType, id: row.id }]).catch(() => undefined);
    return { permission: 'unchecked', why: 'cannot_tell' };
  } catch (error) {
    if (error instanceof SiteSessionEndedError) throw error;
    if (!isFault(error)) return { permission: 'unchecked', why: 'site' };
    if (error.site.message.includes(`${entityType}.${status}`) || error.site.message.includes(NEVER_A_STATUS)) {
      return { permission: 'allowed' };
    }
    return refusal(error);
  }
}

function writeQuestions(
  client: ShotgridClient,
  rows: readonly PositionedChange[],
  verdicts: Verdicts,
  timeLeftMs: () => number,
  batchRows: number,
): readonly (() => Promise<void>)[] {
  const open = rows.filter(
    ({ position, change }) => (change.kind === 'update' || change.kind === 'delete') && !verdicts.has(position),
  );
  const batches = Array.from({ length: Math.ceil(open.length / batchRows) }, (_, index) =>
    open.slice(index * batchRows, (index + 1) * batchRows),
  );
  return batches.map((batch) => () => askWrites(client, batch, verdicts, timeLeftMs));
}

/** Halves until what is refused stands alone, as far as the time goes. */
async function askWrites(
  client: ShotgridClient,
  rows: readonly PositionedChange[],
  verdicts: Verdicts,
  timeLeftMs: () => number,
): Promise<void> {
  const timeoutMs = timeLeftMs();
  if (rows.length === 0 || timeoutMs <= 0) return;
  const forAll = (verdict: RowPermission): void => {
    for (const { position } of rows) verdicts.set(position, verdict);
  };
  try {
    await client.batch([...rows.map(({ change }) => toRequest(change)), SENTINEL], { timeoutMs });
  } catch (error) {
    if (error instanceof SiteSessionEndedError) throw error;
    if (!isFault(error)) {
      forAll({ permission: 'unchecked', why: timeLeftMs() > 0 ? 'site' : 'not_reached' });
      return;
    }
    if (isAboutSentinel(error)) {
      forAll({ permission: 'allowed' });
      return;
    }
    if (rows.length === 1) {
      forAll(refusal(error));
      return;
    }
    const middle = Math.ceil(rows.length / 2);
    await askWrites(client, rows.slice(0, middle), verdicts, timeLeftMs);
    await askWrites(client, rows.slice(middle), verdicts, timeLeftMs);
    return;
  }
  // Only a site that has the sentinel's row can answer so: then the writes were made, which nobody must hear as "checked".
  throw new TypeError('a dry run was performed: this site has the row that no site has');
}

type Fault = { readonly site: SiteFault; readonly message: string };

function isFault(error: unknown): error is Fault {
  return (
    error instanceof ShotgridRefusedError ||
    error instanceof ShotgridNotFoundError ||
    error instanceof ShotgridRequestError
  );
}

/** The site does not say which element failed but in its text. */
function isAboutSentinel(error: Fault): boolean {
  return error instanceof ShotgridNotFoundError && error.site.message.includes(String(SENTINEL_ID));
}

function refusal(error: Fault): RowPermission {
  return {
    permission: 'refused',
    reason: error.site.message === '' ? error.message : error.site.message,
    siteErrorId: error.site.errorId,
  };
}

async function inParallel(
  tasks: readonly (() => Promise<void>)[],
  concurrency: number,
  goesOn: () => boolean,
): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    for (let task = tasks[next++]; task !== undefined && goesOn(); task = tasks[next++]) await task();
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, tasks.length) }, worker));
}

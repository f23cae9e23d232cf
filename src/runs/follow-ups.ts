/** Undo and retry: a plan made from a run instead of a click, previewed, checked and confirmed like any other. */
import type { Plan } from '../actions/plan.ts';
import type { Identity } from '../login/identity.ts';
import { hasRole } from '../login/identity.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import type { FieldSchema } from '../shotgrid/schema.ts';
import { said } from '../texts/said.ts';
import type { ConfirmRun, KeepOwnSession } from './confirm.ts';
import { FollowUpRefusedError, RunNotYoursError } from './errors.ts';
import { planKey, retryKey, undoKey } from './plan-store.ts';
import { keepPreview, type OnPlanned, type Preview, type PreviewDeps } from './preview.ts';
import { readCurrent } from './read-current.ts';
import type { ActorAndClient, ResolveSelf, Ways } from './resolve-actor.ts';
import { planRetry } from './retry.ts';
import type { RunRow } from './row-store.ts';
import type { Run, RunContext, RunStore } from './run-store.ts';
import { planUndo, type RowNow } from './undo.ts';

export type FollowUpKind = 'undo' | 'retry';

export type FollowUpOptions = Readonly<Partial<Record<FollowUpKind, { readonly done?: Run }>>>;

export type FollowUps = {
  /**
   * What can be done about a run now; each is undefined when it can not. `done`: the run that did it already.
   */
  options(run: Run): Promise<FollowUpOptions>;
  /**
   * The plan as the person who is signed in would see it now. An undo may also be an admin's, who then acts under their own
   * name; a retry is for the person who confirmed the run alone.
   *
   * @throws {@link RunNotYoursError}, {@link FollowUpRefusedError}, and the refusals of sudo.
   */
  preview(
    kind: FollowUpKind,
    run: Run,
    identity: Identity,
    options?: { readonly ways?: Ways; readonly onPlanned?: OnPlanned },
  ): Promise<Preview>;
  /**
   * Confirms the plan with this digest; undefined when it is not the current one. Confirmed twice, answers with the first.
   *
   * @param confirmed.onlyAllowed - Leaves out what ShotGrid refused in the dry run.
   */
  confirm(
    kind: FollowUpKind,
    run: Run,
    identity: Identity,
    confirmed: Pick<RunContext, 'reference' | 'clientAddress'> & {
      readonly digest: string;
      readonly onlyAllowed?: boolean | undefined;
      readonly ways?: Ways | undefined;
      /** Called for when the person is acted for by their own session. */
      readonly keepOwnSession?: KeepOwnSession | undefined;
    },
  ): Promise<{ readonly run: Run; readonly isNew: boolean } | undefined>;
};

export function createFollowUps(
  deps: PreviewDeps & {
    readonly runs: RunStore;
    readonly resolveSelf: ResolveSelf;
    readonly confirmRun: ConfirmRun;
  },
): FollowUps {
  const earlier = (kind: FollowUpKind, run: Run): Promise<Run | undefined> =>
    kind === 'undo' ? deps.runs.findUndoOf(run.id) : deps.runs.findRetryOf(run.id);
  const keyOf = (kind: FollowUpKind, run: Run): string => (kind === 'undo' ? undoKey(run.id) : retryKey(run.id));

  async function isPossible(kind: FollowUpKind, run: Run): Promise<boolean> {
    if (run.status === 'running') return false;
    const { done, refused, failed, not_done: notDone, unknown } = await deps.runs.counts(run.id);
    return kind === 'undo' ? done > 0 : refused + failed + notDone + unknown > 0;
  }

  async function verifyPossible(kind: FollowUpKind, run: Run): Promise<void> {
    if (!(await isPossible(kind, run))) throw refused(kind, run);
    if ((await earlier(kind, run)) !== undefined) throw already(kind);
  }

  /** What was done by a person's own session is taken back and tried again by one too. */
  function resolve(kind: FollowUpKind, run: Run, identity: Identity, given: Ways = {}): Promise<ActorAndClient> {
    const ways = run.actor.bySelf === true ? { ...given, onlySelf: true } : given;
    const isOwn = identity.issuer === run.actor.issuer && identity.subject === run.actor.subject;
    if (isOwn) return deps.resolveSelf(identity, run.actor, ways);
    if (kind === 'undo' && hasRole(identity, 'admin')) return deps.resolveSelf(identity, undefined, ways);
    return Promise.reject(new RunNotYoursError(kind));
  }

  async function makePlan(kind: FollowUpKind, run: Run, client: ShotgridClient): Promise<Plan> {
    const rows = await deps.runs.rows(run.id);
    if (kind === 'retry') return planRetry(rows, await readCurrent(client, rows));
    const done = rows.filter(({ progress }) => progress === 'done');
    return planUndo(done, await readRowsNow(client, done), await readSchemas(deps, run, done));
  }

  return {
    async options(run) {
      const options: Partial<Record<FollowUpKind, { readonly done?: Run }>> = {};
      for (const kind of ['undo', 'retry'] as const) {
        const done = await earlier(kind, run);
        if (done !== undefined) options[kind] = { done };
        else if (await isPossible(kind, run)) options[kind] = {};
      }
      return options;
    },

    async preview(kind, run, identity, { ways, onPlanned } = {}) {
      const { actor, client } = await resolve(kind, run, identity, ways);
      await verifyPossible(kind, run);
      const plan = await makePlan(kind, run, client);
      const projectId = run.context.project?.id;
      return keepPreview(deps, { key: keyOf(kind, run), actor, client, plan, projectId, onPlanned });
    },

    async confirm(kind, run, identity, { digest, onlyAllowed, ways, keepOwnSession, reference, clientAddress }) {
      const { actor } = await resolve(kind, run, identity, ways);
      const first = await earlier(kind, run);
      if (first !== undefined) return { run: first, isNew: false };
      await verifyPossible(kind, run);
      const key = planKey(keyOf(kind, run), actor);
      const plan = await deps.plans.find(key, digest);
      if (plan === undefined) return undefined;
      return deps.confirmRun({
        ...(kind === 'undo' ? { undoOf: run.id } : { retryOf: run.id }),
        actionId: run.actionId,
        actor,
        plan,
        digest,
        keepOwnSession: actor.bySelf === true ? keepOwnSession : undefined,
        onlyAllowed: onlyAllowed === true ? await deps.plans.findPermissions(key, digest) : undefined,
        context: {
          ...run.context,
          untouched: plan.untouched,
          reference,
          clientAddress,
          about: { login: run.actor.login, name: run.actor.name },
        },
      });
    },
  };
}

/** Created rows under the ids that they were given; deleted ones among the retired. */
async function readRowsNow(client: ShotgridClient, rows: readonly RunRow[]): Promise<ReadonlyMap<number, RowNow>> {
  const existing = rows.flatMap(({ position, change, createdId }) => {
    const id = change.id ?? createdId;
    return id === undefined ? [] : [{ position, change: { ...change, kind: 'update' as const, id } }];
  });
  const current = await readCurrent(client, existing);
  const missing = existing.filter(({ position }) => !current.has(position));
  const retired = await readCurrent(client, missing, { retired: true });
  return new Map(
    existing.map(({ position }) => [position, { fields: current.get(position), isRetired: retired.has(position) }]),
  );
}

async function readSchemas(
  deps: PreviewDeps,
  run: Run,
  rows: readonly RunRow[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, FieldSchema>>> {
  const types = new Set(rows.map(({ change }) => change.entityType));
  const schemas = new Map<string, ReadonlyMap<string, FieldSchema>>();
  for (const type of types) schemas.set(type, await deps.readFieldSchemas(type, run.context.project?.id));
  return schemas;
}

function refused(kind: FollowUpKind, run: Run): FollowUpRefusedError {
  if (run.status === 'running') {
    return new FollowUpRefusedError(kind, said('explanation.runGoingOn'), said('remedy.runGoingOn'));
  }
  return new FollowUpRefusedError(
    kind,
    said(kind === 'undo' ? 'explanation.undoNothing' : 'explanation.retryNothing'),
    said('remedy.nothingToDo'),
  );
}

function already(kind: FollowUpKind): FollowUpRefusedError {
  return kind === 'undo'
    ? new FollowUpRefusedError(kind, said('explanation.undoneAlready'), said('remedy.undoneAlready'))
    : new FollowUpRefusedError(kind, said('explanation.retriedAlready'), said('remedy.retriedAlready'));
}

/**
 * One action on one click, by the same engine as the server's: as the person, with a database and an audit log of its own that
 * are thrown away. Nothing is changed unless asked for.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ActionDefinition } from '../actions/definition.ts';
import { checkForm, isLinkField, lookupsFor, readRawForm } from '../actions/form-values.ts';
import type { FormField, FormValues } from '../actions/form.ts';
import { createRemoteServices } from '../actions/remote/ask.ts';
import { verifyApplicable } from '../actions/verify-applicable.ts';
import type { AmiPayload } from '../ami/payload.ts';
import { createAuditLog } from '../audit/log.ts';
import { openDatabase, type Database } from '../database/open.ts';
import { ServiceError } from '../errors.ts';
import type { Identity } from '../login/identity.ts';
import { createConfirmRun } from '../runs/confirm.ts';
import { createFormSite } from '../runs/form-site.ts';
import { createPerformer } from '../runs/performer.ts';
import { createPlanStore } from '../runs/plan-store.ts';
import { createMakePreview, type Preview } from '../runs/preview.ts';
import { createProgress } from '../runs/progress.ts';
import { createResolveSelf, type ActorAndClient, type OwnSession } from '../runs/resolve-actor.ts';
import { createRunStore, type RunRow } from '../runs/run-store.ts';
import { randomId } from '../session/secret.ts';
import { createShotgrid, type Shotgrid } from '../shotgrid/client.ts';
import { createFieldSchemas } from '../shotgrid/field-schemas.ts';
import { inEnglish, said, type Said } from '../texts/said.ts';
import type { TryFacts } from './try-inputs.ts';

export type Trial = {
  readonly facts: TryFacts;
  readonly action: ActionDefinition;
  readonly click: AmiPayload;
  readonly identity: Identity;
  /** By field, as typed. */
  readonly form: Readonly<Record<string, readonly string[]>>;
  /** The secrets shared with the service of a remote action, newest first. */
  readonly remoteSecrets: readonly string[];
  readonly isApplied: boolean;
  /** The session of whoever tries it as themselves; undefined: by the script's sudo. */
  readonly own: OwnSession | undefined;
};

export type TrialResult = Preview & {
  /** Undefined when nothing was to be performed. */
  readonly run: { readonly status: string; readonly rows: readonly RunRow[] } | undefined;
};

/** The form was not answered as it has to be. */
class FormAnswersError extends ServiceError {
  override readonly name = 'FormAnswersError';
  readonly code = 'form_invalid';
  readonly status = 400;
  constructor(why: Said) {
    super(why, said('remedy.formAnswers'));
  }
}

/** As the server's own defaults. */
const SETTINGS = { batchRows: 50, concurrency: 4, leaseSeconds: 60 };

/** @throws {@link ServiceError} when the action, the rules or the site refuse. */
export async function tryAction(trial: Trial): Promise<TrialResult> {
  const { facts } = trial;
  const now = (): Date => new Date();
  const folder = await mkdtemp(join(tmpdir(), 'understudy-try-'));
  const shotgrid = createShotgrid({
    siteUrl: facts.site,
    scriptName: facts.scriptName,
    scriptKey: facts.scriptKey,
    now,
  });
  let database: Database | undefined;
  try {
    database = await openDatabase(`file:${join(folder, 'try.db')}`);
    return await play(trial, { shotgrid, database, now });
  } finally {
    await shotgrid.close();
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Parts = { readonly shotgrid: Shotgrid; readonly database: Database; readonly now: () => Date };

async function play(trial: Trial, parts: Parts): Promise<TrialResult> {
  const { action, click, identity, facts } = trial;
  const { shotgrid, database, now } = parts;
  verifyApplicable(action, click);
  const onlySelf = trial.own !== undefined || action.as === 'self';
  const self = await createResolveSelf({ shotgrid, policy: 'flag' })(identity, undefined, { own: trial.own, onlySelf });
  // As if this person had clicked, whoever did when it was recorded.
  const payload = { ...click, user: { id: self.actor.id, login: self.actor.login } };
  const readFieldSchemas = createFieldSchemas({ client: shotgrid.asScript(), now });
  const form = await answers(trial, self, createFormSite({ readFieldSchemas }));

  const remote = createRemoteServices({ siteUrl: facts.site, ...remoteOf(trial), now, randomId });
  const makePreview = createMakePreview({
    resolveActor: () => Promise.resolve(self),
    plans: createPlanStore(database.db),
    readFieldSchemas,
    now,
    // Nobody is handed to a worker in a trial.
    contextFor: () => ({ remote, lend: undefined }),
  });
  const launchId = randomId();
  let preview: Preview;
  try {
    preview = await makePreview({ launchId, action, payload, identity, form });
  } finally {
    await remote.close();
  }
  const isPerformed = trial.isApplied && preview.plan.changes.length > 0;
  return { ...preview, run: isPerformed ? await perform(trial, parts, payload, preview, launchId) : undefined };
}

/** The action is the author's own, and so is the service: what a server would have to be told to allow is allowed here. */
function remoteOf({ action: { remote }, remoteSecrets }: Trial): {
  readonly origins: readonly string[];
  readonly privateHosts: readonly string[];
  readonly secretsByName: ReadonlyMap<string, readonly string[]>;
} {
  if (remote === undefined) return { origins: [], privateHosts: [], secretsByName: new Map() };
  return {
    origins: [remote.origin],
    privateHosts: [new URL(remote.origin).hostname],
    secretsByName: new Map([[remote.secretVariable, remoteSecrets]]),
  };
}

async function answers(
  { action, click, form }: Trial,
  { client }: ActorAndClient,
  site: ReturnType<typeof createFormSite>,
): Promise<FormValues> {
  const { raw, unknown } = readRawForm(action.form, { ...defaultsOf(action.form), ...form }, []);
  if (unknown.length > 0) {
    const known = action.form.map(({ name }) => name).join(', ') || 'none';
    throw new FormAnswersError(said('explanation.formFieldUnknown', { field: unknown.join(', '), known }));
  }
  const found = await site.find({ client, projectId: click.project?.id }, lookupsFor(action.form, raw));
  const { values, problems } = checkForm(action.form, raw, found);
  if (values !== undefined) return values;
  const told = [...problems].map(([name, { message, choices }]) => {
    const rows = choices?.map((link) => `${link.type} ${link.id} (${link.name})`).join(', ');
    return `${name}: ${inEnglish(message)}${rows === undefined ? '' : ` ${rows}`}`;
  });
  throw new FormAnswersError(said('explanation.formNotAnswered', { problems: told.join('; ') }));
}

/** What stands in the form when its page opens. */
function defaultsOf(fields: readonly FormField[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    fields.flatMap((field): [string, readonly string[]][] => {
      if (isLinkField(field) || field.default === undefined || field.default === false) return [];
      return [[field.name, [field.default === true ? 'on' : String(field.default)]]];
    }),
  );
}

async function perform(
  { action, own }: Trial,
  { shotgrid, database, now }: Parts,
  payload: AmiPayload,
  { actor, plan, digest }: Preview,
  launchId: string,
): Promise<NonNullable<TrialResult['run']>> {
  const audit = createAuditLog({ database, now });
  const runs = createRunStore(database.db, now);
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    delay(ms, undefined, { signal }).catch(() => undefined);
  const progress = createProgress({ runs, sleep });
  let trouble: unknown;
  const over = new AbortController();
  const performer = createPerformer({
    shotgrid,
    audit,
    runs,
    // The run lives no longer than this process, which has the session anyway.
    ownSessions: { find: () => Promise.resolve(own), forget: () => Promise.resolve() },
    scriptName: 'understudy',
    now,
    sleep,
    randomId,
    settings: SETTINGS,
    onSettled: (runId) => progress.nudge(runId),
    onTrouble: (_, error) => {
      trouble = error;
      over.abort();
    },
  });
  try {
    const confirmRun = createConfirmRun({ audit, runs, scriptName: 'understudy', randomId });
    const { run } = await confirmRun({
      launchId,
      actionId: action.id,
      actor,
      plan,
      digest,
      ...(own === undefined ? {} : { keepOwnSession: () => Promise.resolve() }),
      context: {
        title: action.title,
        entityType: payload.entityType ?? '',
        project: payload.project,
        referrerPath: payload.referrerPath,
        untouched: plan.untouched,
        reference: 'try',
        clientAddress: undefined,
      },
    });
    performer.start(run.id);
    let status: string = run.status;
    for await (const seen of progress.subscribe(run.id, over.signal)) status = seen.status;
    if (trouble !== undefined) throw trouble as Error;
    return { status, rows: await runs.rows(run.id) };
  } finally {
    await performer.drain();
    await audit.close();
  }
}

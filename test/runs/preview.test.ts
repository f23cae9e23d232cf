/** From an action's plan to what its person is shown: checked against its declaration, the site, and what ShotGrid allows. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import type { ActionDefinition } from '../../src/actions/definition.ts';
import { ActionNotApplicableError } from '../../src/actions/errors.ts';
import type { Change } from '../../src/actions/plan.ts';
import type { AmiPayload } from '../../src/ami/payload.ts';
import {
  ActionFailedError,
  ActionNotAllowedError,
  PlanInvalidError,
  PlanOutsideDeclarationError,
} from '../../src/runs/errors.ts';
import { createMakePreview, type MakePreview, type OnPlanned } from '../../src/runs/preview.ts';
import { createResolveActor } from '../../src/runs/resolve-actor.ts';
import { createFieldSchemas } from '../../src/shotgrid/field-schemas.ts';
import { databases } from '../support/databases.ts';
import { createEngine, setStatus, type Engine } from './engine.ts';
import { said } from '../../src/texts/said.ts';

const [{ open }] = databases as [(typeof databases)[number]];
const now = () => new Date();

let site: Site;
let engine: Engine;
let makePreview: MakePreview;
beforeAll(async () => {
  site = await startSite();
});
beforeEach(async () => {
  site.reset();
  engine = createEngine(site, await open());
  makePreview = createMakePreview({
    resolveActor: createResolveActor({ shotgrid: engine.shotgrid, policy: 'flag' }),
    plans: engine.plans,
    readFieldSchemas: createFieldSchemas({ client: engine.shotgrid.asScript(), now }),
    now,
  });
});
afterEach(() => engine.close());
afterAll(() => site.close());

/** Only what a preview looks at. */
function actionOf(plan: () => readonly Change[], more: Partial<ActionDefinition> = {}): ActionDefinition {
  return {
    id: 'test',
    form: [],
    access: { roles: [], permissionGroups: [], projects: [] },
    touches: [{ operation: 'update', entityType: 'Version', fields: ['sg_status_list', 'sg_nothing'] }],
    maxRows: 10,
    plan: () => Promise.resolve().then(() => ({ changes: plan(), untouched: [] })),
    ...more,
  } as Partial<ActionDefinition> as ActionDefinition;
}
const preview = (action: ActionDefinition, onPlanned?: OnPlanned) =>
  makePreview({
    launchId: 'launch',
    action,
    payload: { user: { id: 24, login: 'artist' }, selectedIds: [6933] } as Partial<AmiPayload> as AmiPayload,
    identity: engine.identity('artist'),
    onPlanned,
  });

/** What it is refused with; nothing is kept and nothing is asked of the site but reads. */
async function refusalOf(action: ActionDefinition): Promise<unknown> {
  const refusal = await preview(action).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(site.calls.filter(({ path }) => path.includes('_batch'))).toEqual([]);
  return refusal;
}

describe('a preview', () => {
  it('is kept with what ShotGrid allows, under the digest of exactly this plan', async () => {
    const shown = await preview(actionOf(() => [setStatus(6933), setStatus(6934)]));
    expect(shown.permissions.counts).toEqual({ allowed: 2, refused: 0, unchecked: 0 });
    expect(await engine.plans.find('launch', shown.digest)).toEqual(shown.plan);
    expect(await engine.plans.findPermissions('launch', shown.digest)).toEqual(shown.permissions);
    expect(await engine.plans.findPermissions('launch', 'another')).toBeUndefined();
    expect(await engine.plans.findPermissions('other', shown.digest)).toBeUndefined();
  });

  it('is told of before ShotGrid is asked what of it is allowed, which is not asked when that fails', async () => {
    const asked = () => site.calls.filter(({ path }) => path.includes('_batch')).length;
    const action = actionOf(() => [setStatus(6933)]);
    const told: unknown[] = [];
    const shown = await preview(action, (planned) => {
      told.push({ ...planned, asked: asked() });
      return Promise.resolve();
    });
    expect(told).toEqual([{ plan: shown.plan, digest: shown.digest, asked: 0 }]);
    expect(asked()).toBe(1);
    site.clearCalls();
    await expect(preview(action, () => Promise.reject(new Error('no log')))).rejects.toThrow('no log');
    expect(asked()).toBe(0);
  });

  it('forgets plans that nobody confirmed in time', async () => {
    const { digest } = await preview(actionOf(() => [setStatus(6933)]));
    await engine.plans.prune(new Date(Date.now() - 60_000));
    expect(await engine.plans.find('launch', digest)).toBeDefined();
    await engine.plans.prune(new Date(Date.now() + 60_000));
    expect(await engine.plans.find('launch', digest)).toBeUndefined();
  });

  it('is refused when the plan steps outside of what the action touches', async () => {
    const change = { ...setStatus(6933), entityType: 'Task' } as Change;
    expect(await refusalOf(actionOf(() => [change]))).toBeInstanceOf(PlanOutsideDeclarationError);
  });

  it.each([
    ['a status that the site does not have', setStatus(6933, 'approved'), 'sg_status_list of Version 6933'],
    [
      'a field that the type does not have',
      { ...setStatus(6933), fields: [{ field: 'sg_nothing', before: null, after: 'x' }] } as Change,
      'no field sg_nothing',
    ],
  ])('is refused for %s, with its row and field', async (_what, change, message) => {
    const refusal = await refusalOf(actionOf(() => [change]));
    expect(refusal).toBeInstanceOf(PlanInvalidError);
    expect(String(refusal)).toContain(message);
  });

  it('is refused to whom the action is not for, before it is asked for a plan', async () => {
    let asked = false;
    const plan = (): readonly Change[] => {
      asked = true;
      return [];
    };
    const access = { roles: [], permissionGroups: ['manager'], projects: [] };
    expect(await refusalOf(actionOf(plan, { access }))).toBeInstanceOf(ActionNotAllowedError);
    expect(asked).toBe(false);
  });

  it('tells a person nothing of why an action’s own code broke, and the log all of it', async () => {
    const bug = new TypeError('password is hunter2');
    const refusal = await refusalOf(
      actionOf(() => {
        throw bug;
      }),
    );
    expect(refusal).toBeInstanceOf(ActionFailedError);
    expect(String(refusal)).not.toContain('hunter2');
    expect((refusal as Error).cause).toBe(bug);
  });

  it('passes on what an action has to say to the person', async () => {
    const refusal = new ActionNotApplicableError(said('explanation.actionUnknown'), said('remedy.actionTooManyRows'));
    expect(
      await refusalOf(
        actionOf(() => {
          throw refusal;
        }),
      ),
    ).toBe(refusal);
  });
});

/**
 * A new secret token for the items of an action. ShotGrid REST: a secret token can be written once, so each item gets a new one
 * beside it; both tokens are accepted for a while, then the old item goes and its token with it.
 *
 * The order makes every moment a safe one to be killed in: a token is accepted before an item signs with it, an old item goes
 * before its token does, and the tokens file says how far it came. Started again, it goes on from there.
 */
import { ServiceError } from '../errors.ts';
import type { FieldValues } from '../shotgrid/batch.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import { calledBy } from './called.ts';
import { readSiteItems } from './site-facts.ts';
import { isSameItemValue, textValue, type ItemField, type SiteItem } from './site-item.ts';
import type { ActionTokens, Rotation, TokensState } from './tokens.ts';
import { withoutSecret } from './without-secret.ts';
import { onTheWire } from './write-items.ts';

export type RotateDeps = {
  readonly script: Pick<ShotgridClient, 'search' | 'fields' | 'create' | 'batch'>;
  readonly publicUrl: string;
  readonly tokens: {
    read(): Promise<TokensState>;
    update(change: (state: TokensState) => TokensState): Promise<TokensState>;
  };
  readonly newToken: () => string;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** A click that was signed just before its item went may still be on its way for this long. */
  readonly maxAgeSeconds: number;
  /** Told of each step, as it is done. */
  readonly onStep: (step: RotateStep) => void | Promise<void>;
};

export type RotateStep =
  | { readonly step: 'token_made' }
  | { readonly step: 'item_made'; readonly old: number; readonly made: number; readonly title: string }
  | { readonly step: 'both_accepted'; readonly until: Date }
  | { readonly step: 'items_retired'; readonly items: readonly number[] }
  | { readonly step: 'token_dropped'; readonly wasListed: boolean };

export type RotateResult =
  | { readonly state: 'both_accepted'; readonly until: Date; readonly items: Rotation['items'] }
  | { readonly state: 'finished'; readonly items: Rotation['items'] };

/** A change of token that cannot be begun or gone on with. */
export class RotateError extends Error {
  override readonly name = 'RotateError';
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** What stands behind the title of an item whose days are counted: both are in the menu for a while. */
const OLD = ' (old)';

/**
 * Begins, goes on with or ends the change, whatever is next.
 *
 * @param wanted.overlapMs - How long both are accepted, from when the new items stand.
 * @param wanted.finish - Ends it now, before its time.
 * @throws {@link RotateError}, TokensUnavailableError, and what the site's client throws; starting again goes on.
 */
export async function rotateToken(
  deps: RotateDeps,
  wanted: { readonly action: string; readonly overlapMs: number; readonly finish: boolean },
): Promise<RotateResult> {
  const { action } = wanted;
  let rotation = (await deps.tokens.read()).get(action)?.rotation;
  rotation ??= await begin(deps, wanted);
  rotation = await makeItems(deps, action, rotation);
  const until = rotation.until ?? deps.now();
  if (!wanted.finish && deps.now() < until) return { state: 'both_accepted', until, items: rotation.items };
  await finish(deps, action, rotation);
  return { state: 'finished', items: rotation.items };
}

/** The new token is in the file, and so accepted, before anything signs with it. */
async function begin(
  deps: RotateDeps,
  {
    action,
    overlapMs,
    finish: isFinish,
  }: { readonly action: string; readonly overlapMs: number; readonly finish: boolean },
): Promise<Rotation> {
  if (isFinish) {
    throw new RotateError(`No change of the token of "${action}" is under way.`, 'Begin one without --finish.');
  }
  const { items } = await ourItems(deps, action);
  if (items.length === 0) {
    throw new RotateError(
      `No menu item of this site calls "${action}".`,
      'Give the action a menu section and run "understudy menu apply".',
    );
  }
  const begun = deps.now();
  const rotation: Rotation = { begun, overlapMs, items: items.map(({ id }) => ({ old: id })) };
  const token = { token: deps.newToken(), made: begun };
  await changeAction(deps, action, (kept) => ({ tokens: [token, ...kept.tokens], rotation }));
  await deps.onStep({ step: 'token_made' });
  return rotation;
}

async function makeItems(deps: RotateDeps, action: string, begun: Rotation): Promise<Rotation> {
  let rotation = begun;
  if (rotation.until !== undefined) return rotation;
  const secretToken = (await deps.tokens.read()).get(action)?.tokens[0]?.token;
  if (secretToken === undefined)
    throw new RotateError('The new token is not in the file any more.', 'Restore the file from a backup.');

  const { items, fields } = await ourItems(deps, action);
  const known = new Set(rotation.items.flatMap(({ old, made }) => [old, ...(made === undefined ? [] : [made])]));
  for (const pair of rotation.items) {
    const old = items.find(({ id }) => id === pair.old);
    // Somebody retired it meanwhile: then there is nothing to replace.
    if (pair.made !== undefined || old === undefined) continue;
    // Made, and killed before it was written down: it is ours, since nobody else copies an item exactly.
    const copy = items.find((item) => !known.has(item.id) && item.id > old.id && isCopy(item, old, fields));
    const made = copy?.id ?? (await create(deps, copyOf(old, fields), secretToken));
    known.add(made);
    rotation = await changeRotation(deps, action, (now) => ({
      ...now,
      items: now.items.map((one) => (one.old === old.id ? { old: one.old, made } : one)),
    }));
    await deps.onStep({ step: 'item_made', old: old.id, made, title: textValue(old, 'title') ?? '' });
  }
  await markOld(deps, rotation, items);

  // From now on, not from the beginning: however long the items took, both are accepted for the time that was promised.
  const until = new Date(deps.now().getTime() + rotation.overlapMs);
  await changeAction(deps, action, ({ tokens: [newest, ...older], rotation: now }) => ({
    tokens:
      newest === undefined ? [] : [newest, ...older.map((token) => ({ ...token, until: earlier(token.until, until) }))],
    rotation: now && { ...now, until },
  }));
  await deps.onStep({ step: 'both_accepted', until });
  return { ...rotation, until };
}

async function create(deps: RotateDeps, data: FieldValues, secretToken: string): Promise<number> {
  try {
    return (await deps.script.create('ActionMenuItem', { ...data, secret_token: secretToken })).id;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // A refusal may quote what it refuses.
    throw new RotateError(withoutSecret(error.message, secretToken), 'Run it again to go on.');
  }
}

async function finish(deps: RotateDeps, action: string, rotation: Rotation): Promise<void> {
  const { items } = await ourItems(deps, action);
  const replaced = rotation.items.filter(({ made }) => made !== undefined).map(({ old }) => old);
  const retired = items.map(({ id }) => id).filter((id) => replaced.includes(id));
  if (retired.length > 0) {
    await deps.script.batch(retired.map((id) => ({ operation: 'delete', entityType: 'ActionMenuItem', id })));
  }
  await deps.onStep({ step: 'items_retired', items: retired });

  const graceMs = deps.maxAgeSeconds * 1000;
  const until = new Date(deps.now().getTime() + graceMs);
  const state = await changeAction(deps, action, ({ tokens: [newest, ...older], rotation: now }) => ({
    tokens:
      newest === undefined ? [] : [newest, ...older.map((token) => ({ ...token, until: earlier(token.until, until) }))],
    rotation: now,
  }));
  const older = state.get(action)?.tokens.slice(1) ?? [];
  if (older.some((token) => token.until !== undefined && deps.now() < token.until)) await deps.sleep(graceMs);
  await changeAction(deps, action, ({ tokens }) => ({ tokens: tokens.slice(0, 1) }));
  await deps.onStep({ step: 'token_dropped', wasListed: older.length === 0 });
}

/** So that people can tell the two apart. A site that refuses it is no reason to stop. */
async function markOld(deps: RotateDeps, rotation: Rotation, items: readonly SiteItem[]): Promise<void> {
  for (const { old, made } of rotation.items) {
    const item = items.find(({ id }) => id === old);
    const title = item === undefined ? undefined : textValue(item, 'title');
    if (made === undefined || title === undefined || title.endsWith(OLD)) continue;
    const data = { title: `${title}${OLD}` };
    await deps.script
      .batch([{ operation: 'update', entityType: 'ActionMenuItem', id: old, data }])
      .catch(() => undefined);
  }
}

async function ourItems(
  deps: RotateDeps,
  action: string,
): Promise<{ readonly items: readonly SiteItem[]; readonly fields: readonly ItemField[] }> {
  const { items, fields } = await readSiteItems(deps.script);
  const ours = items.filter((item) => {
    const called = calledBy(deps.publicUrl, textValue(item, 'url'));
    return called.kind === 'ours' && called.action === action;
  });
  return { items: [...ours].sort((a, b) => a.id - b.id), fields };
}

function copyOf(item: SiteItem, fields: readonly ItemField[]): FieldValues {
  return onTheWire(fields.map((field) => ({ field, after: item.values.get(field) ?? null })));
}

function isCopy(item: SiteItem, old: SiteItem, fields: readonly ItemField[]): boolean {
  return fields.every((field) => isSameItemValue(item.values.get(field) ?? null, old.values.get(field) ?? null));
}

function earlier(a: Date | undefined, b: Date): Date {
  return a !== undefined && a < b ? a : b;
}

function changeAction(
  deps: RotateDeps,
  action: string,
  change: (kept: ActionTokens) => ActionTokens,
): Promise<TokensState> {
  return deps.tokens.update((state) => new Map([...state, [action, change(state.get(action) ?? { tokens: [] })]]));
}

async function changeRotation(
  deps: RotateDeps,
  action: string,
  change: (rotation: Rotation) => Rotation,
): Promise<Rotation> {
  const state = await changeAction(deps, action, ({ tokens, rotation }) => ({
    tokens,
    rotation: rotation && change(rotation),
  }));
  const rotation = state.get(action)?.rotation;
  if (rotation === undefined)
    throw new RotateError('Somebody else ended this change of token meanwhile.', 'Look at "understudy menu plan".');
  return rotation;
}

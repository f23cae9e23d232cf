/**
 * One change of one menu item in the site, as the script: looked at again right before, read back right after. ShotGrid REST has
 * no conditional writes and reports some dropped values as success, so nothing else shows what became of it.
 */
import { ServiceError } from '../errors.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import { OutcomeUnknownError, ShotgridNotFoundError, ShotgridUnavailableError } from '../shotgrid/errors.ts';
import type { CreateItem, FieldDiff, MenuChange, RetireItem, UpdateItem } from './plan.ts';
import { isSameItemValue, ITEM_FIELDS, parseItem, type ItemField, type ItemValue, type SiteItem } from './site-item.ts';
import { withoutSecret } from './without-secret.ts';

export type ItemOutcome =
  | 'done'
  /** Somebody changed it after it was looked at; it was left alone. */
  | 'changed_since'
  /** The site said yes, and some fields are not what was sent. */
  | 'not_taken'
  | 'refused'
  | 'failed'
  | 'unknown'
  /** The site stopped answering before its turn. */
  | 'not_done';

export type WrittenItem = {
  readonly change: MenuChange;
  readonly outcome: ItemOutcome;
  /** The item's number; undefined when none was made. */
  readonly id: number | undefined;
  /** Why, in words that hold no secret. */
  readonly detail: string | undefined;
};

export type ItemWriter = {
  create(change: CreateItem, secretToken: string): Promise<WrittenItem>;
  update(change: UpdateItem): Promise<WrittenItem>;
  retire(change: RetireItem): Promise<WrittenItem>;
};

type Script = Pick<ShotgridClient, 'search' | 'find' | 'batch' | 'create'>;

/**
 * @param site.fields - Fields that the site has.
 * @param site.known - Numbers of the items that were there when the changes were planned.
 */
export function createItemWriter(
  script: Script,
  site: { readonly fields: readonly ItemField[]; readonly known: ReadonlySet<number> },
): ItemWriter {
  const { fields } = site;
  // Several items of one action and type differ in their titles alone: one that was made here is nobody else's.
  const made = new Set<number>();

  async function read(id: number): Promise<SiteItem | undefined> {
    const row = await script.find('ActionMenuItem', id, [...fields, 'updated_at', 'updated_by']);
    return row === undefined ? undefined : parseItem(row, fields);
  }

  /** An item of the same URL and type that nobody knew of. */
  async function findNew(change: CreateItem): Promise<SiteItem | undefined> {
    const filters = ['url', 'entity_type'].map((field) => {
      const value = change.fields.find((one) => one.field === field)?.after;
      return [field, 'is', value ?? null] as const;
    });
    const rows = await script.search('ActionMenuItem', { filters, fields: [...fields] });
    const row = rows.find(({ id }) => !site.known.has(id) && !made.has(id));
    return row === undefined ? undefined : parseItem(row, fields);
  }

  const written = (change: MenuChange, outcome: ItemOutcome, id?: number, detail?: string): WrittenItem => ({
    change,
    outcome,
    id: id ?? (change.kind === 'create' ? undefined : change.id),
    detail,
  });

  async function proved(change: MenuChange, id: number): Promise<WrittenItem> {
    const item = await read(id);
    const lost = change.fields.filter(({ field, after }) => !isSameItemValue(item?.values.get(field) ?? null, after));
    if (lost.length === 0) return written(change, 'done', id);
    return written(change, 'not_taken', id, `not as it was sent: ${lost.map(({ label }) => label).join(', ')}`);
  }

  return {
    async create(change, secretToken) {
      const attempt = async (): Promise<WrittenItem> => {
        const twin = await findNew(change);
        if (twin !== undefined) {
          return written(change, 'changed_since', undefined, `item ${twin.id} was made meanwhile; plan again`);
        }
        const { id } = await script.create('ActionMenuItem', {
          ...onTheWire(change.fields),
          secret_token: secretToken,
        });
        made.add(id);
        return proved(change, id);
      };
      return withFaults(change, attempt, [secretToken], async () => {
        const found = await findNew(change);
        if (found === undefined) return undefined;
        made.add(found.id);
        return proved(change, found.id);
      });
    },

    update: (change) =>
      withFaults(change, async () => {
        const now = await read(change.id);
        const moved = whatMoved(change.seen, now);
        if (moved !== undefined) return written(change, 'changed_since', change.id, moved);
        await script.batch([
          { operation: 'update', entityType: 'ActionMenuItem', id: change.id, data: onTheWire(change.fields) },
        ]);
        return proved(change, change.id);
      }),

    retire: (change) =>
      withFaults(change, async () => {
        const now = await read(change.id);
        if (now === undefined) return written(change, 'done', change.id, 'it was gone already');
        const moved = whatMoved(change.seen, now);
        if (moved !== undefined) return written(change, 'changed_since', change.id, moved);
        await script.batch([{ operation: 'delete', entityType: 'ActionMenuItem', id: change.id }]);
        return written(change, 'done', change.id);
      }),
  };

  /** @param lookAgain - Whether a write of unknown fate was made after all. */
  async function withFaults(
    change: MenuChange,
    attempt: () => Promise<WrittenItem>,
    secrets: readonly string[] = [],
    lookAgain: () => Promise<WrittenItem | undefined> = () => Promise.resolve(undefined),
  ): Promise<WrittenItem> {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error instanceof OutcomeUnknownError) {
        const found = await lookAgain().catch(() => undefined);
        return found ?? written(change, 'unknown', undefined, `${error.message} Plan again to see.`);
      }
      // A refusal may quote what it refuses.
      const detail = secrets.reduce(withoutSecret, error.message);
      if (error instanceof ShotgridNotFoundError && change.kind !== 'create') {
        return written(change, 'changed_since', change.id, 'it is gone');
      }
      return written(change, error instanceof ShotgridUnavailableError ? 'failed' : 'refused', undefined, detail);
    }
  }
}

/** All that this server looks after, as ShotGrid takes it. */
export function onTheWire(fields: readonly Pick<FieldDiff, 'field' | 'after'>[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(fields.map(({ field, after }) => [field, wireValue(after)]));
}

function wireValue(value: ItemValue): unknown {
  if (!Array.isArray(value)) return value;
  return (value as readonly { readonly type: string; readonly id: number }[]).map(({ type, id }) => ({ type, id }));
}

/** What is not as it was seen, in words; undefined when nothing is. */
function whatMoved(seen: SiteItem, now: SiteItem | undefined): string | undefined {
  if (now === undefined) return 'it is gone';
  const moved = [...seen.values]
    .filter(([field, value]) => !isSameItemValue(now.values.get(field) ?? null, value))
    .map(([field]) => ITEM_FIELDS[field]);
  if (moved.length === 0) return undefined;
  return `${now.updatedBy ?? 'somebody'} changed ${moved.join(', ')} meanwhile; plan again`;
}

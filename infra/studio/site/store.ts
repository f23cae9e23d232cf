/**
 * The site's tables in memory, with one journal so that a batch applies wholly or not at all.
 * Rows are retired, never removed; ids grow and are not reused, also after a rollback.
 */
import type { JsonObject } from './json.ts';

export type Link = { readonly type: string; readonly id: number };
export type FieldValue = string | number | boolean | null | Link | readonly Link[] | JsonObject;

export type Row = {
  readonly type: string;
  readonly id: number;
  readonly retired: boolean;
  readonly values: ReadonlyMap<string, FieldValue>;
};

export type Store = {
  /** Also finds retired rows. */
  find: (type: string, id: number) => Row | undefined;
  /** Every row of a type, retired ones too, in order of id. */
  all: (type: string) => readonly Row[];
  insert: (type: string, values: Readonly<Record<string, FieldValue>>, id?: number) => Row;
  set: (row: Row, field: string, value: FieldValue) => void;
  setRetired: (row: Row, retired: boolean) => void;
  /** Takes back every write of `work` when it throws. Does not nest. */
  transaction: <T>(work: () => T) => T;
  types: () => readonly string[];
  clear: () => void;
};

type Cell = { type: string; id: number; retired: boolean; values: Map<string, FieldValue> };

export function createStore(): Store {
  const tables = new Map<string, Map<number, Cell>>();
  const lastIds = new Map<string, number>();
  let journal: (() => void)[] | undefined;

  function table(type: string): Map<number, Cell> {
    let rows = tables.get(type);
    if (!rows) {
      rows = new Map<number, Cell>();
      tables.set(type, rows);
    }
    return rows;
  }

  function cell(row: Row): Cell {
    const found = tables.get(row.type)?.get(row.id);
    if (!found) throw new Error(`no ${row.type} ${row.id} in the store`);
    return found;
  }

  return {
    find: (type, id) => tables.get(type)?.get(id),
    all: (type) => [...(tables.get(type)?.values() ?? [])],
    insert(type, values, id = (lastIds.get(type) ?? 0) + 1) {
      lastIds.set(type, Math.max(id, lastIds.get(type) ?? 0));
      const made: Cell = { type, id, retired: false, values: new Map(Object.entries(values)) };
      table(type).set(id, made);
      journal?.push(() => table(type).delete(id));
      return made;
    },
    set(row, field, value) {
      const target = cell(row);
      const before = target.values.get(field);
      target.values.set(field, value);
      journal?.push(() => (before === undefined ? target.values.delete(field) : target.values.set(field, before)));
    },
    setRetired(row, retired) {
      const target = cell(row);
      const before = target.retired;
      target.retired = retired;
      journal?.push(() => (target.retired = before));
    },
    transaction(work) {
      const own: (() => void)[] = [];
      journal = own;
      try {
        return work();
      } catch (error) {
        for (const takeBack of own.reverse()) takeBack();
        throw error;
      } finally {
        journal = undefined;
      }
    },
    types: () => [...tables.keys()],
    clear() {
      tables.clear();
      lastIds.clear();
    },
  };
}

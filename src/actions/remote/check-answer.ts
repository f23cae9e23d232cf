/**
 * Whether an answer stays within what its action declares and what the person selected. Pure.
 * A service was shown some rows and may propose changes to those; a row that it was not shown, it cannot have meant.
 */
import type { Touch } from '../definition.ts';
import { placeOf, type AnswerChange } from './answer.ts';

export type Limits = {
  readonly touches: readonly Touch[];
  readonly maxRows: number;
  /** Rows that may be updated and deleted: the selection, and what the question linked to. */
  readonly shown: RowSet;
};

/** Rows by type and id. */
export type RowSet = { has(entityType: string, id: number): boolean };

export function createRowSet(rows: Iterable<{ readonly type: string; readonly id: number }>): RowSet {
  const keys = new Set<string>();
  for (const { type, id } of rows) keys.add(`${type} ${id}`);
  return { has: (entityType, id) => keys.has(`${entityType} ${id}`) };
}

export type AnswerCheck = {
  /** Every problem, by its place in the answer; none when the answer may be used. */
  readonly problems: readonly string[];
  /** Whether one of them is that the action's own file does not announce so much. */
  readonly oversteps: boolean;
};

export function checkAnswer(changes: readonly AnswerChange[], limits: Limits): AnswerCheck {
  const problems: string[] = [];
  let oversteps = false;
  if (changes.length > limits.maxRows) {
    oversteps = true;
    problems.push(`changes: has ${changes.length} entries, and the action may change ${limits.maxRows} rows`);
  }
  const firstAt = new Map<string, number>();
  for (const [index, change] of changes.entries()) {
    const complain = (problem: string, ...path: readonly PropertyKey[]): void => {
      problems.push(`${placeOf(['changes', index, ...path])}: ${problem}`);
    };
    checkTouch(change, limits.touches, {
      complain,
      overstep: (...complaint) => {
        oversteps = true;
        complain(...complaint);
      },
    });
    if (change.kind === 'create') continue;
    const { entityType, id } = change;
    if (!limits.shown.has(entityType, id)) {
      complain(`${entityType} ${id} is neither selected nor linked from what the service was shown`, 'id');
    }
    const key = `${entityType} ${id}`;
    const earlier = firstAt.get(key);
    if (earlier === undefined) firstAt.set(key, index);
    else complain(`${entityType} ${id} is in changes[${earlier}] already`, 'id');
  }
  return { problems, oversteps };
}

type Complain = (problem: string, ...path: readonly PropertyKey[]) => void;

function checkTouch(
  change: AnswerChange,
  touches: readonly Touch[],
  { complain, overstep }: { readonly complain: Complain; readonly overstep: Complain },
): void {
  const { kind, entityType } = change;
  const declared = touches.filter((touch) => touch.operation === kind && touch.entityType === entityType);
  if (declared.length === 0) {
    overstep(`the action does not declare that it may ${kind} ${entityType} rows`);
    return;
  }
  const allowed = new Set(declared.flatMap(({ fields }) => fields));
  const seen = new Set<string>();
  for (const [key, field] of fieldsOf(change)) {
    if (!allowed.has(field)) overstep(`the action does not declare that it may ${kind} this field`, key, field);
    if (seen.has(field)) complain('the field is named twice in this change', key, field);
    seen.add(field);
  }
}

function fieldsOf(change: AnswerChange): readonly (readonly [key: string, field: string])[] {
  switch (change.kind) {
    case 'delete':
      return [];
    case 'create':
      return keysOf('fields', change.fields);
    case 'update':
      return [...keysOf('fields', change.fields), ...keysOf('add', change.add), ...keysOf('remove', change.remove)];
  }
}

function keysOf(key: string, fields: object | undefined): readonly (readonly [string, string])[] {
  return Object.keys(fields ?? {}).map((field) => [key, field] as const);
}

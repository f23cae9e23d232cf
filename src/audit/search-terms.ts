/**
 * What a record can be found by besides its own columns: the rows, fields and names that it mentions, as short texts
 * ("terms"). The same functions make the terms of a record and those of a question. Pure.
 */
import type { AuditValue } from './event.ts';
import { executorOf } from './executor.ts';
import type { RecordContent } from './record.ts';

/** Longer words and names are found by their beginning. */
const MAX_TERM = 100;

/** A row of ShotGrid that a record says was, or was meant to be, changed. */
export function rowTerm(entityType: string, id: number): string {
  return `e:${capped(entityType)}:${id}`;
}

/** One field of such a row. */
export function rowFieldTerm(entityType: string, id: number, field: string): string {
  return `${rowTerm(entityType, id)}.${capped(field)}`;
}

export function fieldTerm(field: string): string {
  return `f:${capped(field)}`;
}

export function projectTerm(name: string): string {
  return `p:${capped(folded(name))}`;
}

/** The confirmation of a run that takes back this one. */
export function undoTerm(runId: string): string {
  return `u:${capped(runId)}`;
}

/** What was done by the person's own session; everything else is by the script. */
export const SELF_TERM = 'x:self';

export function wordTerm(word: string): string {
  return `w:${capped(word)}`;
}

/** The words of a name, in small letters: runs of letters and digits. `HSM_10_0010 Étude` → hsm, 10, 0010, étude. */
export function wordsOf(name: string): readonly string[] {
  return folded(name).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

/** Every term of a record, each once. Details may be of any shape: records of other versions are read too. */
export function termsOf(content: RecordContent): ReadonlySet<string> {
  const terms = new Set<string>();
  const addWords = (name: unknown): void => {
    if (typeof name === 'string') for (const word of wordsOf(name)) terms.add(wordTerm(word));
  };
  if (typeof content.project?.name === 'string') {
    terms.add(projectTerm(content.project.name));
    addWords(content.project.name);
  }
  if (executorOf(content) === 'self') terms.add(SELF_TERM);
  const details = content.details ?? {};
  addWords(details['title']);
  if (typeof details['undoOf'] === 'string') terms.add(undoTerm(details['undoOf']));
  for (const row of objectsIn(details['rows'])) {
    addWords(row['name']);
    const { entityType, id } = row;
    const isNamed = typeof entityType === 'string' && typeof id === 'number';
    if (isNamed) terms.add(rowTerm(entityType, id));
    for (const { field } of objectsIn(row['fields'])) {
      if (typeof field !== 'string') continue;
      terms.add(fieldTerm(field));
      if (isNamed) terms.add(rowFieldTerm(entityType, id, field));
    }
  }
  return terms;
}

/** As texts are compared when people type them. PostgreSQL's text holds neither NUL nor half of a surrogate pair. */
function folded(text: string): string {
  return text.toWellFormed().normalize('NFC').toLowerCase();
}

function capped(text: string): string {
  // Cut by characters, not inside one.
  return Array.from(
    text
      .replaceAll('\0', '\uFFFD')
      .toWellFormed()
      .slice(0, 2 * MAX_TERM),
  )
    .slice(0, MAX_TERM)
    .join('');
}

type AuditObject = Readonly<Record<string, AuditValue>>;

function objectsIn(value: AuditValue | undefined): readonly AuditObject[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly AuditValue[]).filter(
    (item): item is AuditObject => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}

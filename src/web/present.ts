/** Values and names as a person reads them. Pure, but for asking what the site calls its fields and statuses. */
import type { FieldValue } from '../actions/plan.ts';
import type { Executor } from '../audit/executor.ts';
import type { Actor } from '../runs/actor.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import type { FieldSchema } from '../shotgrid/schema.ts';

/** How one entity type's fields are shown. */
export type Labels = {
  field(code: string): string;
  value(code: string, value: FieldValue): string;
};

/** Labels for a page; when the site cannot tell them, codes are shown: a preview must not fail over its decoration. */
export async function readLabels(
  readFieldSchemas: ReadFieldSchemas,
  entityType: string | undefined,
  projectId: number | undefined,
): Promise<Labels> {
  let fields: ReadonlyMap<string, FieldSchema> = new Map();
  try {
    if (entityType !== undefined) fields = await readFieldSchemas(entityType, projectId);
  } catch {
    // Codes it is.
  }
  return {
    field: (code) => fields.get(code)?.name ?? code,
    value: (code, value) => presentValue(value, fields.get(code)),
  };
}

export function presentValue(value: FieldValue, schema: FieldSchema | undefined): string {
  if (value === null || value === '') return '(empty)';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return schema?.displayValues.get(value) ?? value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) {
    const items = value as readonly FieldValue[];
    return items.length === 0 ? '(none)' : items.map((item) => presentValue(item, schema)).join(', ');
  }
  const link = value as Readonly<Record<string, FieldValue>>;
  if (typeof link['name'] === 'string') return link['name'];
  if (typeof link['type'] === 'string' && typeof link['id'] === 'number') return `${link['type']} ${link['id']}`;
  return JSON.stringify(link);
}

/** `1 Version`, `3 Versions`, `2 Playlists`, `1 Publish Event` … */
export function countOf(count: number, entityType: string): string {
  const words = entityType.replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  if (count === 1) return `1 ${words}`;
  return `${count} ${words.endsWith('y') ? `${words.slice(0, -1)}ies` : `${words}s`}`;
}

/** By whose means something is done as a person: "as you, by …". */
export function meansText({ bySelf }: Pick<Actor, 'bySelf'>, scriptName: string, whose = 'your own'): string {
  return bySelf === true ? `${whose} session in ShotGrid` : `script ${scriptName}`;
}

/** The same for programs. */
export function executorJson(
  { bySelf }: Pick<Actor, 'bySelf'>,
  scriptName: string,
): { readonly executor: Executor; readonly through: string | null } {
  return bySelf === true ? { executor: 'self', through: null } : { executor: 'script', through: scriptName };
}

export function initialsOf(name: string): string {
  const words = name.split(/[\s.]+/u).filter((word) => word !== '');
  const first = (word: string | undefined): string => /^./u.exec(word ?? '')?.[0] ?? '';
  return `${first(words[0])}${words.length > 1 ? first(words.at(-1)) : ''}`.toUpperCase();
}

/** `2026-05-01 12:00 UTC`: one form everywhere, whatever the server's zone. */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

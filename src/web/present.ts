/** Values and names as a person reads them. Pure, but for asking what the site calls its fields and statuses. */
import type { FieldValue } from '../actions/plan.ts';
import type { Executor } from '../audit/executor.ts';
import type { Actor } from '../runs/actor.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import type { FieldSchema } from '../shotgrid/schema.ts';
import type { Texts } from '../texts/texts.ts';

/** How one entity type's fields are shown. */
export type Labels = {
  field(code: string): string;
  value(texts: Texts, code: string, value: FieldValue): string;
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
    value: (texts, code, value) => presentValue(texts, value, fields.get(code)),
  };
}

export function presentValue(texts: Texts, value: FieldValue, schema: FieldSchema | undefined): string {
  const { t } = texts;
  if (value === null || value === '') return t('common.emptyValue');
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
  if (typeof value === 'string') return schema?.displayValues.get(value) ?? value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) {
    const items = value as readonly FieldValue[];
    return items.length === 0
      ? t('common.emptyList')
      : items.map((item) => presentValue(texts, item, schema)).join(', ');
  }
  const link = value as Readonly<Record<string, FieldValue>>;
  if (typeof link['name'] === 'string') return link['name'];
  if (typeof link['type'] === 'string' && typeof link['id'] === 'number') return `${link['type']} ${link['id']}`;
  return JSON.stringify(link);
}

/** `1 Version`, `3 Versions`, `1 Publish Event` … A type's name is an English word, as ShotGrid has it; undefined for any rows. */
export function countOf({ t }: Texts, count: number, entityType: string | undefined): string {
  if (entityType === undefined) return t('common.rows', { count });
  const one = entityType.replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  const many = one.endsWith('y') ? `${one.slice(0, -1)}ies` : `${one}s`;
  return t('common.rowsOfType', { count, one, many });
}

/** By whose means something is done as a person: "as you, by …". */
export function meansText(
  { t }: Texts,
  { bySelf }: Pick<Actor, 'bySelf'>,
  scriptName: string,
  whose: 'yours' | 'theirs' = 'yours',
): string {
  if (bySelf !== true) return t('common.byScript', { script: scriptName });
  return t(whose === 'yours' ? 'common.byYourSession' : 'common.byTheirSession');
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

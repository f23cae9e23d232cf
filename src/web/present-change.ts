/** One change of a plan as preview and run show it: which row, and what about it becomes what. Pure. */
import type { Change } from '../actions/plan.ts';
import { detailUrl } from '../shotgrid/links.ts';
import type { Texts } from '../texts/texts.ts';
import type { Labels } from './present.ts';

export type PresentedChange = {
  readonly id: number | undefined;
  readonly name: string;
  /** The row's own page; a row that is yet to be created has none. */
  readonly href: string | undefined;
  readonly kind: Change['kind'];
  readonly fields: readonly PresentedField[];
};

/** `before` is undefined where there was nothing before. */
export type PresentedField = { readonly label: string; readonly before: string | undefined; readonly after: string };

export function presentChange(texts: Texts, change: Change, labels: Labels, siteUrl: string): PresentedChange {
  const { kind, id, name, entityType, fields } = change;
  return {
    id,
    name,
    href: id === undefined ? undefined : detailUrl(siteUrl, entityType, id),
    kind,
    fields: fields.map(({ field, before, after }) => ({
      label: labels.field(field),
      before: kind === 'create' ? undefined : labels.value(texts, field, before),
      after: labels.value(texts, field, after),
    })),
  };
}

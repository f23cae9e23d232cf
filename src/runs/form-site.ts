/** What the site says about a form's statuses, rows and typed names: read as the person who fills it in. */
import { linkKey, textKey, type Found, type Lookups } from '../actions/form-values.ts';
import type { FormLink } from '../actions/form.ts';
import { createReader } from './read-current.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import type { Filters } from '../shotgrid/filters.ts';
import type { TextMatch } from '../shotgrid/text-search.ts';

/** What the person sees: their client, and the project of the click, if it has one. */
export type FormView = { readonly client: ShotgridClient; readonly projectId: number | undefined };

export type StatusOption = { readonly value: string; readonly label: string };

export type FormSite = {
  find(view: FormView, lookups: Lookups): Promise<Found>;
  /** Rows whose name holds every word of `text`, shortest name first; at most 25. */
  search(view: FormView, text: string, types: readonly string[]): Promise<readonly TextMatch[]>;
  /** Statuses that this project uses, with their names, in the site's order. */
  statuses(entityType: string, projectId: number | undefined): Promise<readonly StatusOption[]>;
};

const STATUS_FIELD = 'sg_status_list';

/** @param deps.readFieldSchemas - The script's: names of statuses are the same for everybody. */
export function createFormSite(deps: { readonly readFieldSchemas: ReadFieldSchemas }): FormSite {
  async function statuses(entityType: string, projectId: number | undefined): Promise<readonly StatusOption[]> {
    const field = (await deps.readFieldSchemas(entityType, projectId)).get(STATUS_FIELD);
    const hidden = new Set(field?.hiddenValues);
    return (field?.validValues ?? [])
      .filter((value) => !hidden.has(value))
      .map((value) => ({ value, label: field?.displayValues.get(value) ?? value }));
  }

  async function search(
    { client, projectId }: FormView,
    text: string,
    types: readonly string[],
  ): Promise<readonly TextMatch[]> {
    const filters = await Promise.all(types.map(async (type) => [type, await filtersOf(type, projectId)] as const));
    return client.textSearch({ text, entityTypes: Object.fromEntries(filters) });
  }

  /** Rows of this project where the type belongs to projects; people only while they are active. */
  async function filtersOf(type: string, projectId: number | undefined): Promise<Filters> {
    if (type === 'HumanUser') return [[STATUS_FIELD, 'is', 'act']];
    if (projectId === undefined || !(await deps.readFieldSchemas(type, projectId)).has('project')) return [];
    return [['project', 'is', { type: 'Project', id: projectId }]];
  }

  return {
    statuses,
    search,
    async find(view, { statusTypes, links, texts }) {
      const reader = createReader(view.client);
      const byType = Map.groupBy(links, ({ type }) => type);
      const [codes, rows, matches] = await Promise.all([
        Promise.all(statusTypes.map(async (type) => [type, await statuses(type, view.projectId)] as const)),
        Promise.all(
          [...byType].map(([type, refs]) =>
            reader.rows(
              type,
              refs.map(({ id }) => id),
              [],
            ),
          ),
        ),
        Promise.all(
          texts.map(async ({ text, types }) => [textKey(text, types), await search(view, text, types)] as const),
        ),
      ]);
      return {
        statuses: new Map(codes.map(([type, options]) => [type, options.map(({ value }) => value)])),
        links: new Map(
          rows
            .flat()
            .map(({ type, id, name }): [string, FormLink] => [
              linkKey(type, id),
              { type, id, name: name ?? `${type} ${id}` },
            ]),
        ),
        matches: new Map(matches.map(([key, found]) => [key, found.map(({ type, id, name }) => ({ type, id, name }))])),
      };
    },
  };
}

/**
 * Filters as the site takes them: a list of triples, or a tree of groups. The two travel under different content types.
 * Pure. ShotGrid REST: `application/json` is refused with 415 on `_search`, `_summarize` and `_text_search`.
 */

/** `[path, relation, value]`, e.g. `['sg_status_list', 'in', ['rev', 'ip']]`; an entity value is `{ type, id }`. */
export type Filter = readonly [path: string, relation: string, value: unknown];

/** A tree of conditions; both keys are required and in lower case. Empty conditions match everything. */
export type FilterGroup = {
  readonly logical_operator: 'and' | 'or';
  readonly conditions: readonly (Filter | FilterGroup)[];
};

/** A list means all of them; a group says how they are combined. */
export type Filters = readonly Filter[] | FilterGroup;

export const ARRAY_FILTERS = 'application/vnd+shotgun.api3_array+json';
export const HASH_FILTERS = 'application/vnd+shotgun.api3_hash+json';

/** True for the tree form. */
export function isFilterGroup(filters: Filters): filters is FilterGroup {
  return !Array.isArray(filters);
}

/** Content type that a body with these filters must travel under. */
export function filtersContentType(filters: Filters): string {
  return isFilterGroup(filters) ? HASH_FILTERS : ARRAY_FILTERS;
}

/** The same filters in tree form, for bodies that hold several and may only be of one form. */
export function asFilterGroup(filters: Filters): FilterGroup {
  return isFilterGroup(filters) ? filters : { logical_operator: 'and', conditions: filters };
}

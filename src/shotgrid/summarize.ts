/** Counts and sums without reading the rows. ShotGrid REST: one kind of summary per field and call. */
import { unreadable, type Api, type CallOptions } from './api.ts';
import { checkField, entityPath } from './entity-path.ts';
import { filtersContentType, type Filters } from './filters.ts';
import { isRecord, own, ownPath } from './json.ts';

export type Summarize = CallOptions & {
  readonly filters?: Filters | undefined;
  /** e.g. `{ field: 'id', type: 'count' }`. */
  readonly summaries: readonly { readonly field: string; readonly type: string }[];
  readonly grouping?:
    readonly { readonly field: string; readonly type: string; readonly direction: 'asc' | 'desc' }[] | undefined;
};

export type Summary = {
  /** By field. */
  readonly summaries: ReadonlyMap<string, unknown>;
  readonly groups: readonly SummaryGroup[];
};

export type SummaryGroup = Summary & { readonly name: string; readonly value: unknown };

export async function summarizeRows(api: Api, entityType: string, request: Summarize): Promise<Summary> {
  const filters = request.filters ?? [];
  const body = await api({
    operation: 'summarize',
    kind: 'read',
    method: 'POST',
    path: `${entityPath(entityType)}/_summarize`,
    contentType: filtersContentType(filters),
    body: {
      filters,
      summary_fields: request.summaries.map(({ field, type }) => ({ field: checkField(field), type })),
      ...(request.grouping === undefined ? {} : { grouping: request.grouping }),
    },
    options: request,
  });
  const data = ownPath(body, 'data');
  if (!isRecord(data) || !isRecord(own(data, 'summaries'))) throw unreadable('read');
  return parseSummary(data);
}

function parseSummary(data: Readonly<Record<string, unknown>>): Summary {
  const summaries = own(data, 'summaries');
  const groups = own(data, 'groups');
  return {
    summaries: new Map(isRecord(summaries) ? Object.entries(summaries) : []),
    groups: Array.isArray(groups) ? groups.filter(isRecord).map(parseGroup) : [],
  };
}

function parseGroup(group: Readonly<Record<string, unknown>>): SummaryGroup {
  const name = own(group, 'group_name');
  return { ...parseSummary(group), name: typeof name === 'string' ? name : '', value: own(group, 'group_value') };
}

/**
 * ShotGrid's own event log, read as the script. ShotGrid REST: `meta` cannot be filtered, so a span of time is read whole
 * and sorted out here; rows written under sudo name the person as `user` and the script in `meta.sudo_actual_user`.
 */
import type { ShotgridClient } from './client.ts';
import { isRecord, own, ownPath } from './json.ts';
import { parseLink, type EntityLink, type Row } from './rows.ts';

export type SiteEvent = {
  readonly id: number;
  readonly time: Date;
  /** `Shotgun_Version_Change` … */
  readonly type: string;
  readonly attribute: string | undefined;
  readonly user: EntityLink | undefined;
  readonly sessionUuid: string | undefined;
  /** The script that really wrote, when it acted as somebody. */
  readonly actualUser: EntityLink | undefined;
  /** The row that was written, also when it is gone by now. */
  readonly entity: { readonly type: string; readonly id: number } | undefined;
  /** Part of a row's creation, or the same change seen from the row at the other end of a link. */
  readonly isEcho: boolean;
  /** Form of a click, on rows of that kind. */
  readonly amiPayload: Readonly<Record<string, unknown>> | undefined;
};

/** What the event log can and cannot show of our script. */
export type ScriptVisibility = {
  readonly id: number | undefined;
  /** Undefined when the site does not say. */
  readonly logsItsOwnWrites: boolean | undefined;
};

const FIELDS = ['event_type', 'attribute_name', 'meta', 'entity', 'user', 'session_uuid', 'created_at'];
const PAGE_SIZE = 2_000;

/** Events from `from` (inclusive) to `to` (exclusive), a page at a time. */
export async function* readSiteEvents(
  script: Pick<ShotgridClient, 'searchPages'>,
  span: { readonly from: Date; readonly to: Date },
): AsyncGenerator<readonly SiteEvent[]> {
  const between = [seconds(span.from), seconds(new Date(span.to.getTime() + 999))];
  const pages = script.searchPages('EventLogEntry', {
    filters: [['created_at', 'between', between]],
    fields: FIELDS,
    sort: 'id',
    pageSize: PAGE_SIZE,
    includeArchivedProjects: true,
  });
  for await (const page of pages) {
    yield page
      .map(parseSiteEvent)
      .filter((event) => event !== undefined)
      .filter(({ time }) => time >= span.from && time < span.to);
  }
}

/** The script user of this name: its id, and whether the site keeps a log of what it does as itself. */
export async function readScript(
  script: Pick<ShotgridClient, 'search'>,
  scriptName: string,
): Promise<ScriptVisibility> {
  const [row] = await script.search('ApiUser', {
    filters: [['firstname', 'is', scriptName]],
    fields: ['firstname', 'generate_event_log_entries'],
    limit: 1,
  });
  const logs = row?.fields['generate_event_log_entries'];
  return { id: row?.id, logsItsOwnWrites: typeof logs === 'boolean' ? logs : undefined };
}

function parseSiteEvent(row: Row): SiteEvent | undefined {
  const { event_type: type, attribute_name: attribute, created_at: at, meta, session_uuid: uuid } = row.fields;
  const time = typeof at === 'string' ? new Date(at) : undefined;
  if (typeof type !== 'string' || time === undefined || Number.isNaN(time.getTime())) return undefined;
  const about = isRecord(meta) ? meta : {};
  const payload = own(about, 'ami_payload');
  const [entityType, entityId] = [own(about, 'entity_type'), own(about, 'entity_id')];
  const link = parseLink(row.fields['entity']);
  return {
    id: row.id,
    time,
    type,
    attribute: typeof attribute === 'string' ? attribute : undefined,
    user: parseLink(row.fields['user']),
    sessionUuid: typeof uuid === 'string' ? uuid : undefined,
    actualUser: parseLink(ownPath(about, 'sudo_actual_user')),
    entity: typeof entityType === 'string' && typeof entityId === 'number' ? { type: entityType, id: entityId } : link,
    isEcho:
      own(about, 'in_create') === true ||
      own(about, 'original_event_log_entry_id') !== undefined ||
      (attribute === 'retirement_date' && type.endsWith('_Change')),
    amiPayload: isRecord(payload) ? payload : undefined,
  };
}

/** The site's times have no fractions of a second. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

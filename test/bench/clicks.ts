/** Clicks as a site's page posts them: 300 rows, signed this second, no two alike. */
import { randomUUID } from 'node:crypto';
import { signForm } from '../../infra/studio/site/sign-form.ts';

export const ROWS_PER_CLICK = 300;

/** Bodies of AMI POSTs. They go stale as real ones do: make them shortly before they are sent. */
export function signedClicks(
  count: number,
  click: { readonly siteUrl: string; readonly secretToken: string },
): string[] {
  const ids = Array.from({ length: ROWS_PER_CLICK }, (_, index) => 6933 + index).join(',');
  const host = new URL(click.siteUrl).host;
  const timestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return Array.from({ length: count }, () => {
    const fields: [string, string][] = [
      ['user_id', '42'],
      ['user_login', 'artist'],
      ['entity_type', 'Version'],
      ['selected_ids', ids],
      ['ids', ids],
      ['title', 'All Versions'],
      ['server_hostname', host],
      ['session_uuid', randomUUID()],
      ['page_id', '2279'],
      ['referrer_path', '/page/2279'],
      ['cols', 'code,image,entity,sg_status_list,user,description,created_at'],
      ['column_display_names', 'Version Name,Thumbnail,Link,Status,Artist,Description,Date Created'],
      ['view', 'Default'],
      ['sort_column', 'created_at'],
      ['sort_direction', 'desc'],
      ['project_name', 'Hyperspace Madness'],
      ['project_id', '116'],
      ['timestamp', timestamp],
    ];
    return new URLSearchParams([...fields, ['signature', signForm(fields, click.secretToken)]]).toString();
  });
}

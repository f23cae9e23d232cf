/** Clicks on one menu item of the studio's site by its number, as its page makes them. */
import { randomUUID } from 'node:crypto';
import type { Site } from '../../infra/studio/site/start.ts';
import type { Fields } from '../support/person.ts';

const VERSIONS = 4606;

/** The form that the site signs for this item; undefined when it does not show the item to this person. */
export async function formOf(site: Site, item: number, login = 'artist'): Promise<Fields | undefined> {
  const [version] = site.rows('Version');
  const response = await fetch(`${site.url}/_web/launch`, {
    method: 'POST',
    headers: { cookie: `_session_id=${site.openSession(login)}` },
    body: JSON.stringify({
      item,
      page: VERSIONS,
      type: 'Version',
      selected: [version?.id],
      sort: '',
      // The same click in the same second would be a replay.
      session: randomUUID(),
    }),
  });
  return response.ok ? ((await response.json()) as { readonly fields: Fields }).fields : undefined;
}

/** Items that are not retired. */
export function liveItems(site: Site): readonly ReturnType<Site['rows']>[number][] {
  return site.rows('ActionMenuItem').filter(({ retired }) => !retired);
}

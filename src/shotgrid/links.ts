/** Addresses of pages on the ShotGrid site, for people to click. Pure. */
import { checkEntityType, checkRowId } from './entity-path.ts';

/** The page of one row: `<site>/detail/<Type>/<id>`. @throws ShotgridRequestError when either has the wrong shape. */
export function detailUrl(siteUrl: string, entityType: string, id: number): string {
  return new URL(`/detail/${checkEntityType(entityType)}/${checkRowId(id)}`, siteUrl).href;
}

/**
 * The page a click came from, or undefined when its path would lead anywhere but to a page of the site.
 *
 * @param referrerPath - `referrer_path` of the AMI payload, e.g. `/page/4606`.
 */
export function pageUrl(siteUrl: string, referrerPath: string | undefined): string | undefined {
  // `//host`, `/\host` and a tab in between are other hosts to a browser.
  if (referrerPath === undefined || referrerPath.length > 2000 || !/^\/(?![/\\])[^\p{Cc}\\]*$/u.test(referrerPath)) {
    return undefined;
  }
  const site = new URL(siteUrl);
  const page = new URL(referrerPath, site);
  return page.origin === site.origin ? page.href : undefined;
}

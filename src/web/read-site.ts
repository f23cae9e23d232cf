/** What the site says of itself, kept for a minute. */
import type { Shotgrid } from '../shotgrid/client.ts';
import type { SiteInfo } from '../shotgrid/site-info.ts';

const KEEP_MS = 60_000;

export function createReadSite(deps: {
  readonly shotgrid: Pick<Shotgrid, 'siteInfo'>;
  readonly now: () => Date;
}): () => Promise<SiteInfo> {
  let kept: { readonly info: SiteInfo; readonly until: number } | undefined;
  return async function readSite() {
    const at = deps.now().getTime();
    if (kept !== undefined && at < kept.until) return kept.info;
    kept = { info: await deps.shotgrid.siteInfo(), until: at + KEEP_MS };
    return kept.info;
  };
}

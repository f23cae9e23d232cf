/** What a menu item's URL calls, and whether that is this server. Pure. The URL is somebody's text: nothing is fetched from it here. */

export type Called =
  /** `<our address>/ami/<name>` and nothing else: an item that this server looks after, if an action of that name says so. */
  | { readonly kind: 'ours'; readonly action: string; readonly host: string }
  /** Our address all the same: a wrong path, a query, a doubtful spelling. */
  | { readonly kind: 'points_at_us'; readonly action: string | undefined; readonly host: string }
  | { readonly kind: 'elsewhere'; readonly host: string; readonly port: number; readonly isHttps: boolean }
  /** `rv://…`: a program on the person's own machine. */
  | { readonly kind: 'custom_protocol'; readonly scheme: string }
  | { readonly kind: 'no_url' };

const NAME = /^\/ami\/([a-z0-9][a-z0-9-]{0,63})\/?$/;

/**
 * @param publicUrl - Our origin as browsers see it.
 * @param text - The item's URL as it stands in ShotGrid.
 */
export function calledBy(publicUrl: string, text: string | undefined): Called {
  const url = text === undefined ? null : URL.parse(text.trim());
  if (url === null) return { kind: 'no_url' };
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { kind: 'custom_protocol', scheme: url.protocol.slice(0, -1) };
  }
  const us = new URL(publicUrl);
  const isOurHost = url.host === us.host || (url.hostname === us.hostname && url.protocol !== us.protocol);
  if (!isOurHost) {
    const isHttps = url.protocol === 'https:';
    return { kind: 'elsewhere', host: url.hostname, port: Number(url.port) || (isHttps ? 443 : 80), isHttps };
  }
  const action = NAME.exec(url.pathname)?.[1];
  const isPlain = url.origin === us.origin && url.search === '' && url.hash === '' && url.username === '';
  const host = url.host;
  if (action !== undefined && isPlain && url.password === '') return { kind: 'ours', action, host };
  return { kind: 'points_at_us', action, host };
}

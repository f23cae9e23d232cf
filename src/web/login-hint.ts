/** Whose name the provider's form may show already: the click's own, for the browser that clicked. */
import type { Request } from 'express';
import type { AmiPayload } from '../ami/payload.ts';
import type { LaunchStore } from '../session/launches.ts';
import { readCookies } from './cookies.ts';

export function createLoginHint(
  launches: LaunchStore<AmiPayload>,
): (request: Request, returnTo: string) => Promise<string | undefined> {
  return async function loginHint(request, returnTo) {
    const id = /^\/launches\/([\w-]+)$/.exec(returnTo)?.[1];
    if (id === undefined) return undefined;
    try {
      const launch = await launches.open(id, readCookies(request).get(launches.cookieName(id)));
      return launch.payload.user.login;
    } catch {
      // Signing in works without a hint; the launch itself says later what is wrong with it.
      return undefined;
    }
  };
}

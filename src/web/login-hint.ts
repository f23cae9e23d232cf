/** Whose name the provider's form may show already: the click's own, for the browser that clicked, or the window it opened. */
import type { Request } from 'express';
import type { AmiPayload } from '../ami/payload.ts';
import type { HandOvers } from '../session/hand-overs.ts';
import type { LaunchStore } from '../session/launches.ts';
import { readCookies } from './cookies.ts';
import { parsePopOutPath } from './pop-out.ts';

export function createLoginHint(
  launches: LaunchStore<AmiPayload>,
  handOvers: Pick<HandOvers, 'check'>,
): (request: Request, returnTo: string) => Promise<string | undefined> {
  return async function loginHint(request, returnTo) {
    const popOut = parsePopOutPath(returnTo);
    const id = popOut?.launchId ?? /^\/launches\/([\w-]+)$/.exec(returnTo)?.[1];
    if (id === undefined) return undefined;
    try {
      if (popOut !== undefined) {
        await handOvers.check(id, popOut.ticket);
        return (await launches.find(id))?.payload.user.login;
      }
      const launch = await launches.open(id, readCookies(request).get(launches.cookieName(id)));
      return launch.payload.user.login;
    } catch {
      // Signing in works without a hint; the launch itself says later what is wrong with it.
      return undefined;
    }
  };
}

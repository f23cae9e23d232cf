/** Who tries an action as themselves: whoever is signed in at the studio, by the session that "understudy login" opened. */
import type { OwnSession } from '../runs/resolve-actor.ts';
import { createAuthenticator } from '../shotgrid/authenticator/authenticator.ts';
import { DefaultsManager } from '../shotgrid/authenticator/defaults-manager.ts';
import { AuthenticatorError } from '../shotgrid/authenticator/errors.ts';
import { parseHost } from '../shotgrid/authenticator/host.ts';
import type { Machine } from '../shotgrid/authenticator/places.ts';
import { secretsOf } from '../shotgrid/authenticator/users.ts';
import { TryInputError, type TryFacts } from './try-inputs.ts';

export type Me = { readonly login: string; readonly own: OwnSession };

/** Of the people of one site, whichever was used last. */
class StudioDefaults extends DefaultsManager {
  readonly #site: string;
  constructor(machine: Machine, site: string) {
    super(machine);
    this.#site = site;
  }
  override getHost(): Promise<string> {
    return Promise.resolve(this.#site);
  }
}

/** @throws {@link TryInputError} when nobody is signed in there, or their session has ended. */
export async function whoTries(machine: Machine, { site }: Pick<TryFacts, 'site'>): Promise<Me> {
  const authenticator = createAuthenticator({ defaults: new StudioDefaults(machine, parseHost(site)) });
  try {
    const user = await authenticator.getDefaultUser();
    if (user?.kind !== 'session') throw new TryInputError(`Nobody is signed in at ${site}. ${signInAt(site)}`);
    const { id: userId } = await user.resolveEntity();
    const secrets = secretsOf(user);
    if (!('sessionToken' in secrets)) throw new TypeError('a session user has a session');
    return { login: user.login, own: { token: secrets.sessionToken, userId } };
  } catch (error) {
    if (!(error instanceof AuthenticatorError)) throw error;
    throw new TryInputError(`${error.message} ${signInAt(site)}`);
  } finally {
    await authenticator.close();
  }
}

function signInAt(site: string): string {
  return `Sign in with "understudy login --site ${site}".`;
}

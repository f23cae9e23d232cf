/**
 * What an authenticator falls back on, and where it remembers people. As it is, it shares the toolkit's own files, so that whoever is
 * signed in to the desktop application is signed in here, and the other way round. Derive from it to have it your way.
 */
import { CredentialsFileError } from './errors.ts';
import { parseHost } from './host.ts';
import { globalFile, siteFile, type Machine } from './places.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import {
  currentOf,
  findUser,
  formatRemembered,
  parseRemembered,
  withCurrent,
  withoutUser,
  withUser,
  type Remembered,
} from './remembered.ts';

/** A person by their session, or a script by its key. */
export type UserCredentials =
  | { readonly login: string; readonly sessionToken: string; readonly sessionMetadata?: string | undefined }
  | { readonly apiScript: string; readonly apiKey: string };

/**
 * @example A tool that works with one site, through the studio's proxy:
 * ```ts
 * class StudioDefaults extends DefaultsManager {
 *   override isHostFixed() {
 *     return true;
 *   }
 *   override async getHost() {
 *     return 'https://studio.shotgrid.autodesk.com';
 *   }
 *   override async getHttpProxy() {
 *     return 'proxy.studio.example:3128';
 *   }
 * }
 * ```
 */
export class DefaultsManager {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Whether there is one site and nobody is asked which. Then {@link getHost} must have an answer. */
  isHostFixed(): boolean {
    return false;
  }

  /** The site to suggest or, when it is fixed, to use; undefined when none was used before. */
  async getHost(): Promise<string | undefined> {
    const host = currentOf(await this.#read('global', globalFile(this.#machine)), 'global');
    return host === undefined ? undefined : parseHost(host);
  }

  /** Called when somebody has signed in at a site. Does nothing when the host is fixed. */
  async setHost(host: string): Promise<void> {
    if (this.isHostFixed()) return;
    await this.#change('global', globalFile(this.#machine), (content) => withCurrent(content, 'global', host));
  }

  /** `host:port` or `user:password@host:port`; undefined, as here, for none. */
  getHttpProxy(): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  /** Who signed in last at the current site: to be suggested. */
  async getLogin(): Promise<string | undefined> {
    const host = await this.getHost();
    return host === undefined ? undefined : currentOf(await this.#site(host), 'site');
  }

  /** Called when somebody has signed in at a site. */
  async setLogin(host: string, login: string): Promise<void> {
    await this.#change('site', siteFile(this.#machine, host), (content) => withCurrent(content, 'site', login.trim()));
  }

  /** Who is to be the default user, without anybody being asked; undefined for nobody. */
  async getUserCredentials(): Promise<UserCredentials | undefined> {
    const [host, login] = [await this.getHost(), await this.getLogin()];
    return host === undefined || login === undefined ? undefined : this.findSession(host, login);
  }

  /** The remembered session of a person at a site. */
  async findSession(host: string, login: string): Promise<Extract<UserCredentials, { login: string }> | undefined> {
    return findUser(await this.#site(host), login);
  }

  /** Called with every session that was opened or renewed. Throws when it cannot be remembered. */
  async saveSession(host: string, credentials: Extract<UserCredentials, { login: string }>): Promise<void> {
    await this.#change('site', siteFile(this.#machine, host), (content) => withUser(content, credentials));
  }

  /** Called when somebody signs out. */
  async forgetSession(host: string, login: string): Promise<void> {
    const path = siteFile(this.#machine, host);
    if ((await readPrivateFile(path, this.#machine.uid)) === undefined) return;
    await this.#change('site', path, (content) => withoutUser(content, login));
  }

  #site(host: string): Promise<Remembered> {
    return this.#read('site', siteFile(this.#machine, host));
  }

  async #read(kind: 'global' | 'site', path: string): Promise<Remembered> {
    const content = parseRemembered((await readPrivateFile(path, this.#machine.uid)) ?? '', kind);
    if (typeof content !== 'string') return content;
    // The toolkit would take it for empty and write over it. It may be somebody's own.
    throw new CredentialsFileError('file_not_ours', path, `this is not what the toolkit writes: ${content}.`);
  }

  async #change(kind: 'global' | 'site', path: string, change: (content: Remembered) => Remembered): Promise<void> {
    await writePrivateFile(path, formatRemembered(change(await this.#read(kind, path))));
  }
}

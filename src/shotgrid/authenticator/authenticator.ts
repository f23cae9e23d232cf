/**
 * Who a script, a farm job or a command acts as, with the words that pipeline developers know from the toolkit: script users, session
 * users, a default user that is shared with the desktop application, and a prompt for when there is none.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { SelfOnlySite } from '../client.ts';
import { SiteSessionEndedError } from '../own-session-errors.ts';
import type { DefaultsManager, UserCredentials } from './defaults-manager.ts';
import { AuthenticationCancelledError, AuthenticationError, IncompleteCredentialsError } from './errors.ts';
import { isSameLogin, parseHost, toolkitProxy } from './host.ts';
import { createLentUser, type LentUser } from './lent-user.ts';
import { createScriptUser } from './script-user.ts';
import { unseal } from './sealed-user.ts';
import { parseSerializedUser } from './serialized.ts';
import { createSessionUser, ownerOf, type Session } from './session-user.ts';
import { signInByPassword, type PasswordSignIn } from './sign-in.ts';
import { createSites, type SitePlace, type SitesOptions } from './sites.ts';
import { told } from './told.ts';
import type { ScriptUser, SessionUser, User } from './users.ts';

export type SignInQuestion = {
  /** The site to suggest or, when it is fixed, the one to use. */
  readonly host: string | undefined;
  readonly isHostFixed: boolean;
  readonly login: string | undefined;
  /** When a session has ended: nobody else will do. */
  readonly isLoginFixed: boolean;
  readonly httpProxy: string | undefined;
  /** A client of whichever site the person chooses. */
  readonly siteAt: (host: string) => SelfOnlySite;
};

export type SignedIn = Session & { readonly host: string; readonly login: string };

/**
 * Asks a person to sign in, by whatever means.
 *
 * @throws {@link AuthenticationCancelledError} when the person gives up.
 */
export type Prompt = (question: SignInQuestion) => Promise<SignedIn>;

export type AuthenticatorOptions = Partial<SitesOptions> & {
  readonly defaults: DefaultsManager;
  /** None: where a person would have to be asked, the call fails. */
  readonly prompt?: Prompt | undefined;
};

type Place = { readonly host?: string | undefined; readonly httpProxy?: string | undefined };

export type Authenticator = {
  /** A script by its key. Asks nobody: a wrong key shows at the first call. @throws {@link IncompleteCredentialsError} */
  createScriptUser(script: Place & { readonly apiScript: string; readonly apiKey: string }): Promise<ScriptUser>;
  /**
   * A person, by a session that is open already, by password, or by the session that is remembered. The session is verified to be
   * that person's, and then remembered.
   *
   * @throws {@link AuthenticationError}, {@link IncompleteCredentialsError}, `CredentialsFileError`; nothing is remembered then.
   */
  createSessionUser(
    person: Place &
      Pick<PasswordSignIn, 'login' | 'oneTimeCode'> & {
        readonly sessionToken?: string | undefined;
        readonly sessionMetadata?: string | undefined;
        readonly password?: string | undefined;
      },
  ): Promise<SessionUser>;
  /** The default user or, when there is none, whoever signs in now, who is the default user from then on. */
  getUser(): Promise<User>;
  /** Whoever the defaults name, without anybody being asked; undefined when they name nobody. */
  getDefaultUser(): Promise<User | undefined>;
  /** Asks, whoever is signed in already. */
  getUserFromPrompt(): Promise<SessionUser>;
  /** Forgets the default user's session here; on the site it goes on until it expires. Undefined when there was none. */
  clearDefaultUser(): Promise<User | undefined>;
  /** The user that `serializeUser`, or the toolkit, made a text of. Remembers nothing. @throws {@link IncompleteCredentialsError} */
  deserializeUser(serialized: string): Promise<User>;
  /**
   * The person that `sealUser`, or a server's action, handed to this process. Remembers nothing; when the session has ended it
   * neither asks nor looks into files.
   *
   * @throws {@link AuthenticationError} `sealed_user_invalid`: not sealed with this key, altered, or too old.
   */
  openUser(sealed: string, options: { readonly key: string }): Promise<SessionUser | LentUser>;
  /** Lets go of the connections. */
  close(): Promise<void>;
};

/** Opens nothing until the first call. */
export function createAuthenticator({ defaults, prompt, ...options }: AuthenticatorOptions): Authenticator {
  const now = options.now ?? (() => new Date());
  const sites = createSites({
    ...options,
    now,
    sleep: options.sleep ?? ((ms, signal) => delay(ms, undefined, { signal })),
  });

  async function placeOf({ host, httpProxy }: Place): Promise<SitePlace> {
    const found = host ?? (await defaults.getHost());
    if (found === undefined)
      throw new IncompleteCredentialsError('host_missing', 'No ShotGrid site is known: name one.');
    return { host: parseHost(found), httpProxy: toolkitProxy(httpProxy ?? (await defaults.getHttpProxy())) };
  }

  /** @param isWorker - Nobody is there to be asked, and the session's life is the sender's business. */
  function sessionUser(place: SitePlace, login: string, session: Session, isWorker = false): SessionUser {
    return createSessionUser({
      ...place,
      site: sites.people(place),
      login: login.trim(),
      session,
      renew: (ended, why) => (isWorker ? Promise.reject(sessionEnded(why)) : renew(place, login, ended, why)),
    });
  }

  /** What somebody else has put into the file since, or what the person does now. */
  async function renew(
    place: SitePlace,
    login: string,
    ended: Session,
    why: SiteSessionEndedError['ended'],
  ): Promise<Session> {
    const remembered = await defaults.findSession(place.host, login);
    if (remembered !== undefined && remembered.sessionToken !== ended.sessionToken) {
      const isGood = await isAlive(sites.people(place), remembered.sessionToken);
      if (isGood) return remembered;
    }
    if (prompt === undefined) throw sessionEnded(why);
    return (await ask(prompt, { ...place, login, isLoginFixed: true, isHostFixed: true })).session;
  }

  async function ask(
    asked: Prompt,
    known: { host: string | undefined; httpProxy: string | undefined; login: string | undefined } & Pick<
      SignInQuestion,
      'isHostFixed' | 'isLoginFixed'
    >,
  ): Promise<{ readonly place: SitePlace; readonly login: string; readonly session: Session }> {
    const { httpProxy } = known;
    const siteAt = (host: string): SelfOnlySite => sites.people({ host: parseHost(host), httpProxy });
    const given = await told({ host: known.host ?? 'the site', httpProxy }, () => asked({ ...known, siteAt }));
    const place = { host: parseHost(given.host), httpProxy };
    if (known.isHostFixed && place.host !== known.host) {
      throw new AuthenticationError('not_this_person', `You are to sign in at ${known.host ?? 'the site'}.`);
    }
    if (known.isLoginFixed && !isSameLogin(given.login, known.login ?? '')) {
      throw new AuthenticationError('not_this_person', `"${known.login ?? ''}" is to sign in, and nobody else.`);
    }
    const { sessionToken, sessionMetadata } = given;
    const session = { sessionToken, ...(sessionMetadata === undefined ? {} : { sessionMetadata }) };
    const login = await told(place, () => ownerOf(siteAt(place.host), { ...given, host: place.host }));
    await defaults.saveSession(place.host, { login, ...session });
    await defaults.setLogin(place.host, login);
    await defaults.setHost(place.host);
    return { place, login, session };
  }

  async function userOf(place: SitePlace, credentials: UserCredentials): Promise<User> {
    return 'apiKey' in credentials
      ? createScriptUser({ ...place, ...credentials, site: sites.script({ ...place, ...credentials }) })
      : Promise.resolve(sessionUser(place, credentials.login, sessionOf(credentials)));
  }

  async function deserialize(serialized: string, isWorker: boolean): Promise<User> {
    const { type, data } = parseSerializedUser(serialized);
    const place = { host: parseHost(data.host), httpProxy: toolkitProxy(data.http_proxy ?? undefined) };
    if (type === 'ScriptUser') return userOf(place, { apiScript: data.api_script, apiKey: data.api_key });
    const given = data.session_token ?? '';
    const session =
      given === ''
        ? await rememberedSession(place.host, data.login)
        : { sessionToken: given, sessionMetadata: data.session_metadata ?? undefined };
    return sessionUser(place, data.login, sessionOf(session), isWorker);
  }

  async function rememberedSession(host: string, login: string): Promise<Session> {
    const remembered = await defaults.findSession(host, login);
    if (remembered !== undefined) return remembered;
    throw new IncompleteCredentialsError('session_token_missing', `There is no session of "${login}" at ${host}.`);
  }

  const authenticator: Authenticator = {
    async createScriptUser({ apiScript, apiKey, ...rest }) {
      if (apiScript === '' || apiKey === '') {
        throw new IncompleteCredentialsError(
          'script_missing',
          'A script user needs the name of the script and its key.',
        );
      }
      const place = await placeOf(rest);
      return createScriptUser({ ...place, apiScript, apiKey, site: sites.script({ ...place, apiScript, apiKey }) });
    },

    async createSessionUser({ login: given, sessionToken, sessionMetadata, password, oneTimeCode, ...rest }) {
      const login = given.trim();
      if (login === '') throw new IncompleteCredentialsError('login_missing', 'A session user needs a login.');
      const place = await placeOf(rest);
      const site = sites.people(place);
      const open = async (): Promise<Session> => {
        if (sessionToken !== undefined && sessionToken !== '') return { sessionToken, sessionMetadata };
        if (password !== undefined && password !== '') return signInByPassword(site, { login, password, oneTimeCode });
        return rememberedSession(place.host, login);
      };
      return told(place, async () => {
        const session = sessionOf(await open());
        const stored = await ownerOf(site, { ...session, login, host: place.host });
        await defaults.saveSession(place.host, { login: stored, ...session });
        return sessionUser(place, stored, session);
      });
    },

    async getUser() {
      return (await authenticator.getDefaultUser()) ?? authenticator.getUserFromPrompt();
    },

    async getDefaultUser() {
      const credentials = await defaults.getUserCredentials();
      return credentials === undefined ? undefined : userOf(await placeOf({}), credentials);
    },

    async getUserFromPrompt() {
      if (prompt === undefined) {
        throw new AuthenticationCancelledError(
          'Nobody is signed in, and nobody can be asked. Sign in with "understudy login" first.',
        );
      }
      const { place, login, session } = await ask(prompt, {
        host: await defaults.getHost(),
        httpProxy: toolkitProxy(await defaults.getHttpProxy()),
        login: await defaults.getLogin(),
        isHostFixed: defaults.isHostFixed(),
        isLoginFixed: false,
      });
      return sessionUser(place, login, session);
    },

    async clearDefaultUser() {
      const user = await authenticator.getDefaultUser();
      if (user?.kind === 'session') await defaults.forgetSession(user.host, user.login);
      return user;
    },

    deserializeUser: (serialized) => deserialize(serialized, false),
    async openUser(sealed, { key }) {
      const opened = await unseal(sealed, { key, now });
      if (opened.is === 'lent') {
        const place = { host: parseHost(opened.host), httpProxy: opened.httpProxy };
        const client = await told(place, () => Promise.resolve(sites.people(place).asLent(opened)));
        return createLentUser(opened, client, now);
      }
      const user = await deserialize(opened.serialized, true);
      if (user.kind === 'session') return user;
      throw new AuthenticationError('sealed_user_invalid', 'A sealed script is no person.');
    },
    close: () => sites.close(),
  };
  return authenticator;
}

function sessionOf({ sessionToken, sessionMetadata }: Session): Session {
  return sessionMetadata === undefined ? { sessionToken } : { sessionToken, sessionMetadata };
}

function sessionEnded(why: SiteSessionEndedError['ended']): AuthenticationError {
  return new AuthenticationError('session_ended', new SiteSessionEndedError(why).message);
}

async function isAlive(site: SelfOnlySite, sessionToken: string): Promise<boolean> {
  try {
    await site.selfId(sessionToken);
    return true;
  } catch (error) {
    if (error instanceof SiteSessionEndedError) return false;
    throw error;
  }
}

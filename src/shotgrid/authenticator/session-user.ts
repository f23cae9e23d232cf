/** A person by their session: verified to be theirs before its first use, renewed once when the site has ended it. */
import type { SelfOnlySite } from '../client.ts';
import { SiteSessionEndedError } from '../own-session-errors.ts';
import { AuthenticationError } from './errors.ts';
import { isSameLogin } from './host.ts';
import type { SitePlace } from './sites.ts';
import { keepSecrets, type SessionUser } from './users.ts';

export type Session = { readonly sessionToken: string; readonly sessionMetadata?: string | undefined };

export type SessionUserParts = SitePlace & {
  readonly site: SelfOnlySite;
  readonly login: string;
  readonly session: Session;
  /** Another session for one that has ended; throws when there is none to be had. Asked by one caller at a time. */
  readonly renew: (ended: Session, why: SiteSessionEndedError['ended']) => Promise<Session>;
};

/** Asks nobody: what the session is worth shows at its first use. */
export function createSessionUser(parts: SessionUserParts): SessionUser {
  const { host, httpProxy, site, login } = parts;
  const verified = new Map<string, Promise<void>>();
  let session = parts.session;
  let renewing: Promise<Session> | undefined;

  const connection: SessionUser['connection'] = () =>
    site.asSelf({
      sessionToken: session.sessionToken,
      userId: undefined,
      verifyOwner: (id, { token }) => verifyOnce(id, token),
      async renew({ ended }, { token }) {
        // Another connection of this user may have been first.
        const another = token === session.sessionToken ? await renewOnce(ended) : session;
        return { token: another.sessionToken, userId: undefined };
      },
    });

  function verifyOnce(id: number, token: string): Promise<void> {
    const key = `${id} ${token}`;
    const found = verified.get(key) ?? verifyOwner(site, { sessionToken: token, id, login, host });
    verified.set(key, found);
    // What was not answered is asked again.
    found.catch(() => verified.delete(key));
    return found;
  }

  async function renewOnce(why: SiteSessionEndedError['ended']): Promise<Session> {
    renewing ??= parts.renew(session, why);
    try {
      session = await renewing;
      return session;
    } finally {
      renewing = undefined;
    }
  }

  const user: SessionUser = {
    kind: 'session',
    host,
    httpProxy,
    login,
    connection,
    async areCredentialsExpired() {
      // An access token had before says nothing of the session now.
      site.forgetSelf(session.sessionToken);
      try {
        await site.selfId(session.sessionToken);
        return false;
      } catch (error) {
        return !(error instanceof SiteSessionEndedError && error.ended === 'saml_claims');
      }
    },
    async refreshCredentials() {
      site.forgetSelf(session.sessionToken);
      await connection().search('HumanUser', { filters: [['login', 'is', login]], fields: ['login'], limit: 1 });
    },
    async resolveEntity() {
      const [row] = await connection().search('HumanUser', {
        filters: [['login', 'is', login]],
        fields: ['login'],
        limit: 1,
      });
      if (row === undefined) throw notThisPerson(login, host);
      return { type: 'HumanUser', id: row.id };
    },
  };
  return keepSecrets(user, () => ({ ...session, sessionMetadata: session.sessionMetadata }));
}

/**
 * The login, as the site has it, of whoever has this session.
 *
 * @throws {@link AuthenticationError} `not_this_person` when another was expected.
 */
export async function ownerOf(
  site: SelfOnlySite,
  { sessionToken, login, host }: { readonly sessionToken: string; readonly login: string; readonly host: string },
): Promise<string> {
  const id = await site.selfId(sessionToken);
  return verifyLogin(await loginOf(site, sessionToken, id), login, host);
}

async function verifyOwner(
  site: SelfOnlySite,
  expected: { readonly sessionToken: string; readonly id: number; readonly login: string; readonly host: string },
): Promise<void> {
  verifyLogin(await loginOf(site, expected.sessionToken, expected.id), expected.login, expected.host);
}

async function loginOf(site: SelfOnlySite, sessionToken: string, userId: number): Promise<unknown> {
  return (await site.asSelf({ sessionToken, userId }).find('HumanUser', userId, ['login']))?.fields['login'];
}

function verifyLogin(found: unknown, expected: string, host: string): string {
  if (typeof found === 'string' && found !== '' && isSameLogin(found, expected)) return found;
  throw notThisPerson(expected, host);
}

function notThisPerson(login: string, host: string): AuthenticationError {
  return new AuthenticationError('not_this_person', `This session at ${host} is not the one of "${login}".`);
}

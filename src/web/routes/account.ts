/** The account page: who this server takes the person for, and where they are signed in. Of the person alone, never framed. */
import { Router, urlencoded, type Request, type Response } from 'express';
import type { Identity } from '../../login/identity.ts';
import { isSameSecret, secretHash } from '../../session/secret.ts';
import type { KnownSession, SessionStore } from '../../session/store.ts';
import type { TextKey } from '../../texts/language.ts';
import type { Texts } from '../../texts/texts.ts';
import type { ApprovalDesk } from '../approval-desk.ts';
import { browserNames } from '../browser-kind.ts';
import { LoginRequiredError, SessionUnknownError } from '../errors.ts';
import { holderOf } from '../matter.ts';
import { timeText } from '../present.ts';
import type { Recorder } from '../recorder.ts';
import { wantsJson, type Respond } from '../respond.ts';
import { identityOf, type Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type AccountDeps = {
  readonly desk: Pick<ApprovalDesk, 'session'>;
  readonly sessions: Pick<SessionStore, 'listOf' | 'end'>;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
};

export function accountRoutes(deps: AccountDeps): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '10kb' });

  router.get('/account', async (request, response) => {
    const identity = requirePerson(request, response);
    if (identity === undefined) return;
    const { name, login, email, issuer, roles } = identity;
    const { notice } = request.query;
    const told = typeof notice === 'string' ? NOTICES.get(notice) : undefined;
    const own = await deps.desk.session(holderOf(request, identity));
    const listed = (await deps.sessions.listOf(identity)).map((session) => ({
      data: session.data,
      session: describe(session, request),
    }));
    listed.sort(
      ({ session: a }, { session: b }) =>
        Number(b.isCurrent) - Number(a.isCurrent) || b.lastUsedAt.localeCompare(a.lastUsedAt),
    );
    deps.respond(request, response, {
      page: 'account',
      model: (texts) => ({
        title: texts.t('account.title'),
        section: 'account',
        style: 'account.css',
        csrf: deps.csrf.sessionToken(request),
        notice: told && texts.t(told),
        siteSession: own && { since: own.since, sinceText: timeText(new Date(own.since)) },
        person: {
          name,
          login,
          email,
          provider: new URL(issuer).host,
          roles: roles.map((role) => texts.t(ROLES[role])),
        },
        sessions: listed.map(({ session, data }) => ({
          ...session,
          browser: browserText(texts, data),
          startedAtText: timeText(new Date(session.startedAt)),
          lastUsedAtText: timeText(new Date(session.lastUsedAt)),
          endPath: session.isCurrent ? undefined : `/account/sessions/${session.id}/end`,
        })),
        hasOthers: listed.some(({ session }) => !session.isCurrent),
      }),
      json: {
        name,
        login,
        email: email ?? null,
        issuer,
        roles,
        sessions: listed.map(({ session }) => session),
        siteSession: own === undefined ? null : { since: own.since },
      },
    });
  });

  router.post('/account/sessions/others/end', form, async (request, response) => {
    await end(request, response, (sessions) => sessions);
  });
  router.post('/account/sessions/:id/end', form, async (request, response) => {
    await end(request, response, (sessions) => {
      const found = sessions.filter(({ id }) => isSameSecret(secretHash(id), request.params.id));
      if (found.length === 0) throw new SessionUnknownError();
      return found;
    });
  });

  return router;

  /** Of the person's sessions in other browsers; this one is ended by signing out. */
  async function end(
    request: Request,
    response: Response,
    choose: (others: readonly KnownSession[]) => readonly KnownSession[],
  ): Promise<void> {
    const identity = requirePerson(request, response);
    if (identity === undefined) return;
    deps.csrf.verifySession(request, bodyField(request, 'csrf'));
    const others = (await deps.sessions.listOf(identity)).filter(({ id }) => id !== request.sessionID);
    const chosen = choose(others);
    for (const { id } of chosen) await deps.sessions.end(id);
    if (chosen.length > 0) {
      await deps.recorder.sessionsEnded(request, {
        sessions: chosen.map((session) => {
          const { browser, startedAt } = describe(session, request);
          return { browser, signedInAt: startedAt };
        }),
      });
    }
    response.redirect(303, '/account?notice=ended');
  }
}

const NOTICES: ReadonlyMap<string, TextKey> = new Map([
  ['ended', 'account.sessionsEnded'],
  ['forgotten', 'account.siteSessionForgotten'],
]);

const ROLES: Readonly<Record<Identity['roles'][number], TextKey>> = {
  user: 'account.mayUse',
  admin: 'account.administer',
  auditor: 'account.readAuditLog',
};

/** For the page; programs and the log have it from {@link describe}. */
function browserText({ t }: Texts, { browser: kept, framed }: KnownSession['data']): string {
  const { browser: name, system } = browserNames(kept);
  const browser = name ?? t('account.someBrowser');
  const kind = system === undefined ? browser : t('account.browserOn', { browser, system });
  return framed === true ? t('account.insideShotGrid', { browser: kind }) : kind;
}

/** A session by the hash of its id: the id itself would open it. */
function describe({ id, data, lastUsedAt }: KnownSession, request: Request) {
  return {
    id: secretHash(id),
    browser: `${data.browser ?? 'A browser'}${data.framed === true ? ', inside ShotGrid' : ''}`,
    startedAt: data.loggedInAt ?? lastUsedAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    isCurrent: id === request.sessionID,
  };
}

/** Undefined once the answer is given: nobody is signed in, and the person is sent to do so. */
function requirePerson(request: Request, response: Response): Identity | undefined {
  const identity = identityOf(request);
  if (identity !== undefined) return identity;
  if (wantsJson(request)) throw new LoginRequiredError();
  response.redirect(303, `/login?return_to=${encodeURIComponent('/account')}`);
  return undefined;
}

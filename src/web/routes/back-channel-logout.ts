/**
 * The identity provider tells that somebody signed out there (OpenID Connect Back-Channel Logout 1.0, section 2.8). No browser
 * is involved: no session, no origin; the signed token alone says what is to end. Every refusal is 400, whatever its reason.
 */
import { Router, urlencoded, type ErrorRequestHandler } from 'express';
import { ServiceError } from '../../errors.ts';
import { LogoutTokenError } from '../../login/errors.ts';
import type { RelyingParty } from '../../login/relying-party.ts';
import type { LogoutTokens } from '../../session/logout-tokens.ts';
import type { EndSessions } from '../end-sessions.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import { bodyField } from './login.ts';

export type BackChannelDeps = {
  readonly relyingParty: Pick<RelyingParty, 'verifyLogoutToken'>;
  readonly logoutTokens: LogoutTokens;
  readonly endSessions: EndSessions;
  readonly recorder: Recorder;
};

const PATH = '/logout/backchannel';

export function backChannelRoutes(deps: BackChannelDeps): Router {
  const router = Router();

  router.post(PATH, urlencoded({ extended: false, limit: '64kb', parameterLimit: 20 }), async (request, response) => {
    const token = await deps.relyingParty.verifyLogoutToken(bodyField(request, 'logout_token') ?? '');
    const { story, reference } = contextOf(request);
    if (token.subject !== undefined) story.subject = { issuer: token.issuer, subject: token.subject };
    const key = JSON.stringify([token.issuer, token.jti]);
    if (!(await deps.logoutTokens.take(key, token.expiresAt))) throw new LogoutTokenError('replayed');
    try {
      const ended = await deps.endSessions(token, { reference, clientAddress: request.ip });
      const [login, ...others] = ended.people;
      if (login !== undefined && others.length === 0) story.person = { login, proven: true };
      await deps.recorder.backChannelLogout(request, ended);
    } catch (error) {
      // The provider may send it again.
      await deps.logoutTokens.giveBack(key).catch(() => undefined);
      throw error;
    }
    response.status(200).end();
  });

  const answerProvider: ErrorRequestHandler = async (thrown: unknown, request, response, _next) => {
    const error = thrown instanceof ServiceError ? thrown : bodyError(thrown);
    const { log, reference } = contextOf(request);
    const line = { code: error?.code ?? 'unexpected', err: { name: nameOf(thrown), message: error?.message } };
    if (error === undefined || error.status >= 500) log.error(line, 'a logout failed');
    else log.info(line, 'refused');
    if (error !== undefined) await deps.recorder.refusal(request, error);
    response.status(400).json({
      error: 'invalid_request',
      error_description: error?.message.replaceAll(/[^\x20-\x7e]/g, "'") ?? 'The logout failed.',
      code: error?.code ?? 'unexpected',
      reference,
    });
  };
  router.use(PATH, answerProvider);
  return router;
}

/** What the body reader throws; undefined for a mistake of ours. */
function bodyError(thrown: unknown): LogoutTokenError | undefined {
  return thrown instanceof Error && 'type' in thrown ? new LogoutTokenError('malformed') : undefined;
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}

/** ① The click: a signed form from ShotGrid's page becomes a launch. Nothing is shown and nothing is done here. */
import { raw, Router, type ErrorRequestHandler, type Request, type Response } from 'express';
import type { ActionDefinition } from '../../actions/definition.ts';
import type { Catalogue } from '../../actions/catalogue.ts';
import { ActionUnknownError } from '../../actions/errors.ts';
import { verifyApplicable } from '../../actions/verify-applicable.ts';
import { AmiMalformedError, AmiTooLargeError } from '../../ami/errors.ts';
import { parseFormBody, parseQuery, type AmiForm } from '../../ami/form.ts';
import { payloadFromEventLogEntry } from '../../ami/light.ts';
import type { AmiPayload } from '../../ami/payload.ts';
import { verifyClick, type VerifiedClick } from '../../ami/receive.ts';
import type { Switches } from '../../runs/switches.ts';
import { isFramed } from '../../session/frame.ts';
import type { LaunchStore } from '../../session/launches.ts';
import { cookieOptions } from '../../session/middleware.ts';
import { randomId } from '../../session/secret.ts';
import { said } from '../../texts/said.ts';
import { createBodyBudget } from '../limits/body-budget.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';

/** 100,000 row numbers and their columns fit; only this route reads so much. */
const BODY_LIMIT_BYTES = 5 * 1024 * 1024;

/** All the large ones together that are on their way in. */
const BODIES_AT_ONCE_BYTES = 128 * 1024 * 1024;

export type AmiDeps = {
  readonly catalogue: Catalogue;
  readonly launches: LaunchStore<AmiPayload>;
  readonly switches: Pick<Switches, 'verifyActionOn'>;
  readonly limits: Pick<RateLimits, 'click'>;
  readonly recorder: Recorder;
  /** Reads one row of the site's event log as the script; undefined when it is not there. */
  readonly readEventLogEntry: (id: number) => Promise<unknown>;
  /** The secret tokens of an action, newest first. */
  readonly secretTokensOf: (action: ActionDefinition) => Promise<readonly string[]>;
  readonly algorithm: 'sha1' | 'sha256';
  readonly maxAgeSeconds: number;
  readonly siteUrl: string;
  readonly isHttps: boolean;
  readonly now: () => Date;
};

export function amiRoutes(deps: AmiDeps): Router {
  const router = Router();
  const siteUrl = new URL(deps.siteUrl);

  router.post(
    '/ami/:action',
    requireForm,
    createBodyBudget({ allBytes: BODIES_AT_ONCE_BYTES, largestBytes: BODY_LIMIT_BYTES }),
    raw({ type: () => true, limit: BODY_LIMIT_BYTES, inflate: false }),
    (request, response) =>
      receive(request, response, parseFormBody(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0))),
  );
  // ShotGrid calls by GET only with a light payload.
  router.get('/ami/:action', (request, response) => receive(request, response, parseQuery(queryOf(request))));
  // A menu item's address with a part too many is a mistyped action, and its click is recorded as such.
  router.use('/ami', () => {
    throw new ActionUnknownError();
  });
  router.use('/ami', mapBodyErrors);
  return router;

  async function receive(request: Request, response: Response, form: AmiForm): Promise<void> {
    const { story, reference } = contextOf(request);
    const login = form.get('user_login') ?? '';
    // A claim, for the record of a refusal; the form is not verified yet.
    if (login !== '') story.person = { login: login.slice(0, 255), proven: false };
    const action = deps.catalogue.get(String(request.params['action']));
    story.actionId = action.id;
    const click = verifyClick(form, {
      secretTokens: await deps.secretTokensOf(action),
      algorithm: action.signatureAlgorithm ?? deps.algorithm,
      now: deps.now(),
      maxAgeSeconds: deps.maxAgeSeconds,
      siteUrl,
      allowsUnsignedLight: action.lightPayload,
    });
    const payload = await payloadOf(click);
    story.person = { login: payload.user.login, id: payload.user.id, proven: false };
    if (payload.project !== undefined) story.project = payload.project;
    if (payload.sessionUuid !== undefined) story.sessionUuid = payload.sessionUuid;
    if (payload.entityType !== undefined) story.entityType = payload.entityType;
    await deps.limits.click(request, response, payload.user.login);
    verifyApplicable(action, payload);
    await deps.switches.verifyActionOn(action);

    const id = randomId();
    const framed = isFramed(request);
    story.launchId = id;
    const { cookie } = await deps.recorder
      .click(request, { payload, kind: click.kind }, (executor) =>
        deps.launches.create(
          { id, actionId: action.id, payload, replayKey: click.replayKey, reference, framed },
          executor,
        ),
      )
      .catch((error: unknown) => {
        // It was not kept: neither page nor record may point to it.
        delete story.launchId;
        throw error;
      });
    response.cookie(cookie.name, cookie.value, {
      ...cookieOptions(deps.isHttps, framed),
      maxAge: cookie.maxAgeSeconds * 1000,
    });
    response.redirect(303, `/launches/${id}`);
  }

  async function payloadOf(click: VerifiedClick): Promise<AmiPayload> {
    if (click.kind === 'full') return click.payload;
    const entry = await deps.readEventLogEntry(click.light.eventLogEntryId);
    return payloadFromEventLogEntry(entry, { now: deps.now(), maxAgeSeconds: deps.maxAgeSeconds, siteUrl });
  }
}

/** Before a byte of the body is read. */
function requireForm(request: Request, _response: Response, next: () => void): void {
  const type = (request.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new AmiMalformedError(said('explanation.clickNotForm'));
  }
  next();
}

function queryOf(request: Request): string {
  const question = request.originalUrl.indexOf('?');
  return question < 0 ? '' : request.originalUrl.slice(question + 1);
}

/** What the body reader throws, in this route's own words. */
const mapBodyErrors: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') next(new AmiTooLargeError(said('explanation.clickTooManyBytes')));
  else if (typeof type === 'string') next(new AmiMalformedError(said('explanation.clickUnreadable')));
  else next(error);
};

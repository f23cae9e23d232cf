/** What belongs to one request: its reference, its log line, and what is known so far about the click it is part of. */
import type { Request, RequestHandler } from 'express';
import type { Logger } from './logger.ts';

/** Filled in as a request goes on, so that whoever records or logs says all that is known. Claims say that they are. */
export type Story = {
  actionId?: string;
  launchId?: string;
  /** Where the launch goes on, if not at its own address. */
  resumePath?: string;
  runId?: string;
  /** Who acts or is said to act; `proven` once the identity provider has named them. */
  person?: { login: string; id?: number; proven: boolean };
  /** The person is acted for by their own session on the site, not by the script. */
  isBySelf?: boolean;
  subject?: { issuer: string; subject: string };
  project?: { id: number; name?: string };
  sessionUuid?: string;
  entityType?: string;
};

export type RequestContext = {
  readonly reference: string;
  readonly log: Logger;
  readonly story: Story;
};

const contexts = new WeakMap<Request, RequestContext>();

export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('the request has no context: requestContext must be the first middleware');
  return context;
}

/** Gives each request its context and writes one log line when it is answered; the address is logged without its query. */
export function requestContext(deps: {
  readonly log: Logger;
  readonly createReference: () => string;
  readonly now: () => Date;
}): RequestHandler {
  return function startContext(request, response, next) {
    const reference = deps.createReference();
    const story: Story = {};
    const log = deps.log.child({ reference });
    contexts.set(request, { reference, log, story });
    response.set('X-Request-Id', reference);
    const started = deps.now().getTime();
    response.on('close', () => {
      if (request.path.startsWith('/assets/') || request.path === '/healthz') return;
      const line = {
        method: request.method,
        path: request.path.slice(0, 200),
        status: response.statusCode,
        ms: deps.now().getTime() - started,
        launchId: story.launchId,
        runId: story.runId,
        actionId: story.actionId,
      };
      if (response.writableFinished) log.info(line, 'answered');
      else log.warn(line, 'the client hung up');
    });
    next();
  };
}

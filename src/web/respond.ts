/** One answer, two forms: a page for people, the same facts as JSON for programs that ask for it. */
import { Eta } from 'eta';
import type { Request, Response } from 'express';

export type PageModel = Readonly<Record<string, unknown>> & { readonly title: string };

export type Answer = {
  readonly status?: number;
  readonly page: string;
  readonly model: PageModel;
  /** The JSON twin. */
  readonly json: unknown;
};

export type Respond = (request: Request, response: Response, answer: Answer) => void;

/**
 * @param options.common - What every page shows: site, assets, who is signed in.
 */
export function createRespond(options: {
  readonly folder: string;
  readonly common: (request: Request) => Readonly<Record<string, unknown>>;
}): Respond {
  const eta = new Eta({ views: options.folder, autoEscape: true, cache: true });
  return function respond(request, response, { status = 200, page, model, json }) {
    response.status(status).vary('Accept');
    if (wantsJson(request)) response.json(json);
    else response.type('html').send(eta.render(page, { ...options.common(request), ...model }));
  };
}

/** JSON only when it is asked for by name and before HTML: a browser's wildcard gets the page. */
export function wantsJson(request: Request): boolean {
  return request.accepts(['html', 'json']) === 'json';
}

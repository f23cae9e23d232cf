/** One answer, two forms: a page for people, in their language, the same facts as JSON for programs that ask for it. */
import { Eta } from 'eta';
import type { Request, Response } from 'express';
import { LANGUAGES } from '../texts/languages.ts';
import { createTexts, type Texts } from '../texts/texts.ts';

export type PageModel = Readonly<Record<string, unknown>> & { readonly title: string };

export type Answer = {
  readonly status?: number;
  readonly page: string;
  /** Made only when a page is wanted, with the texts of whoever reads it. */
  readonly model: (texts: Texts) => PageModel;
  /** The JSON twin. */
  readonly json: unknown;
};

export type Respond = (request: Request, response: Response, answer: Answer) => void;

/**
 * @param options.common - What every page shows: site, assets, who is signed in.
 * @param options.languages - What pages can be written in, instead of {@link LANGUAGES}.
 */
export function createRespond(options: {
  readonly folder: string;
  readonly common: (request: Request) => Readonly<Record<string, unknown>>;
  readonly languages?: typeof LANGUAGES | undefined;
}): Respond {
  const eta = new Eta({ views: options.folder, autoEscape: true, cache: true });
  const textsFor = createTexts(options.languages ?? LANGUAGES);
  return function respond(request, response, { status = 200, page, model, json }) {
    response.status(status).vary('Accept');
    if (wantsJson(request)) {
      response.json(json);
      return;
    }
    const texts = textsFor(request.acceptsLanguages());
    response.vary('Accept-Language');
    response.type('html').send(eta.render(page, { ...options.common(request), ...model(texts), ...texts }));
  };
}

/** JSON only when it is asked for by name and before HTML: a browser's wildcard gets the page. */
export function wantsJson(request: Request): boolean {
  return request.accepts(['html', 'json']) === 'json';
}

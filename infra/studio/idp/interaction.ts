/** The sign-in page of the provider: shows the form, checks the password, hands the result back to the provider. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { errorPage, signInPage } from './pages.ts';
import type { IdpPerson } from './people.ts';

const MAX_FORM_BYTES = 16 * 1024;

export type Interaction = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Answers `/interaction/<uid>` (the form), `POST …/login` and `…/cancel`.
 *
 * @param base - Path of the issuer, empty or like `/realms/studio`.
 */
export function createInteraction(provider: Provider, people: readonly IdpPerson[], base: string): Interaction {
  async function show(
    request: IncomingMessage,
    response: ServerResponse,
    login?: string,
    problem?: string,
  ): Promise<void> {
    const { uid, params } = await provider.interactionDetails(request, response);
    const hint = typeof params['login_hint'] === 'string' ? params['login_hint'] : '';
    const address = `${base}/interaction/${uid}`;
    const page = signInPage({
      action: `${address}/login`,
      cancel: `${address}/cancel`,
      login: login ?? hint,
      ...(problem === undefined ? {} : { problem }),
      people,
    });
    sendHtml(response, problem === undefined ? 200 : 401, page);
  }

  async function logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await readForm(request);
    const login = form.get('login') ?? '';
    const person = people.find((one) => one.login === (form.get('person') ?? login));
    const known = person !== undefined && (form.has('person') || form.get('password') === person.login);
    if (!known) {
      await show(request, response, login, 'That login and password do not fit. Here, the password is the login.');
      return;
    }
    await provider.interactionFinished(request, response, { login: { accountId: person.subject, remember: false } });
  }

  async function cancel(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const result = { error: 'access_denied', error_description: 'the person cancelled the sign-in' };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  return async function interaction(request, response) {
    const [, , , step] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    try {
      if (step === undefined) await show(request, response);
      else if (step === 'login' && request.method === 'POST') await logIn(request, response);
      else if (step === 'cancel') await cancel(request, response);
      else sendHtml(response, 404, errorPage('not_found', 'There is no such page.'));
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      sendHtml(
        response,
        400,
        errorPage(error.error, 'This sign-in is over: it was finished, cancelled or left for too long.'),
      );
    }
  };
}

export function sendHtml(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(page);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_FORM_BYTES) chunks.push(chunk);
  }
  return new URLSearchParams(length <= MAX_FORM_BYTES ? Buffer.concat(chunks).toString('utf8') : '');
}

/** Sends text to an HTTPS address outside: bounded in time, no redirect followed, nothing of the answer kept. */
import { request } from 'undici';

const TIMEOUT_MS = 10_000;

/**
 * @param ending - Gives the attempt up.
 * @throws Error unless the answer is a 2xx; its message names neither the address nor the credentials in it.
 */
export async function post(address: string, contentType: string, body: string, ending: AbortSignal): Promise<void> {
  const url = new URL(address);
  const { username, password } = url;
  url.username = url.password = '';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const answer = await request(url, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      ...(username === '' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    },
    body,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    signal: AbortSignal.any([ending, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  await answer.body.dump();
  if (answer.statusCode < 200 || answer.statusCode > 299) throw new Error(`the answer was ${answer.statusCode}`);
}

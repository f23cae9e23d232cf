import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { SessionStoreUnavailableError, LaunchUnknownError } from '../../src/session/errors.ts';
import { LoginFailedError } from '../../src/login/errors.ts';
import { errorPage } from '../../src/web/error-page.ts';
import type { Logger } from '../../src/web/logger.ts';
import { contextOf, requestContext } from '../../src/web/request-context.ts';
import { createRespond } from '../../src/web/respond.ts';
import { fileURLToPath } from 'node:url';
import type { ServiceError } from '../../src/errors.ts';

const SECRET = 'hunter2-hunter2-hunter2';

describe('an error that nobody expected', () => {
  const thrown = Object.assign(new Error(`password ${SECRET}`, { cause: new Error('deeper') }), { token: SECRET });

  it('is a bare 500 with a reference, and what it was is in the log alone', async () => {
    const { answer, lines, recorded } = await answerTo(thrown);
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      code: 'unexpected',
      status: 500,
      message: 'Something went wrong in this server.',
      remedy: expect.any(String),
      reference: 'AAAA-BBBB-CC',
    });
    expect(answer.text).not.toContain(SECRET);
    expect(recorded).toEqual(['unexpected']);
    expect(lines).toMatchObject([
      {
        level: 'error',
        code: 'unexpected',
        err: { name: 'Error', stack: expect.any(String), cause: { name: 'Error' } },
      },
    ]);
    // Libraries hang requests and tokens onto their errors.
    expect(Object.keys(lines[0]?.['err'] as object).sort()).toEqual(['cause', 'name', 'stack']);
  });

  it.each([null, undefined, 'text', 42, { status: 400 }])('may be anything: %j', async (value) => {
    const { answer } = await answerTo(value);
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({ code: 'unexpected' });
  });
});

describe('an error that has a status of its own', () => {
  it.each([400, 413, 415, 431])('is %i when it is the client’s', async (status) => {
    const { answer } = await answerTo(Object.assign(new Error(SECRET), { status }));
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code: 'request_malformed', status });
    expect(answer.text).not.toContain(SECRET);
  });

  it.each([200, 302, 500, 502, '404'])('is not believed when it is %j', async (status) => {
    expect((await answerTo(Object.assign(new Error(SECRET), { status }))).answer.status).toBe(500);
  });
});

describe('a refusal', () => {
  it('is logged as information, an outage as an error', async () => {
    expect((await answerTo(new LaunchUnknownError())).lines).toMatchObject([{ level: 'info', code: 'launch_unknown' }]);
    expect((await answerTo(new SessionStoreUnavailableError())).lines).toMatchObject([{ level: 'error' }]);
  });

  it('leads back to the click where that is still waiting', async () => {
    const page = async (error: ServiceError, launchId?: string) =>
      (await answerTo(error, { accept: 'text/html', ...(launchId === undefined ? {} : { launchId }) })).answer.text;
    expect(await page(new SessionStoreUnavailableError(), 'abc')).toContain('href="/launches/abc"');
    expect(await page(new LoginFailedError('cancelled'), 'abc')).toContain('return_to=%2Flaunches%2Fabc');
    expect(await page(new LoginFailedError('cancelled'))).toContain('href="/login"');
    expect(await page(new LaunchUnknownError(), 'abc')).not.toContain('/launches/abc');
  });
});

async function answerTo(
  thrown: unknown,
  { accept = 'application/json', launchId }: { accept?: string; launchId?: string } = {},
) {
  const lines: Record<string, unknown>[] = [];
  const recorded: string[] = [];
  const write = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    if (message === 'refused') lines.push({ level, ...fields });
  };
  const log: Logger = {
    child: () => log,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const app = express();
  app.use(requestContext({ log, createReference: () => 'AAAA-BBBB-CC', now: () => new Date() }));
  app.use((incoming, _response, next) => {
    if (launchId !== undefined) contextOf(incoming).story.launchId = launchId;
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that anything may be thrown is the point
    void Promise.reject(thrown).catch((error: unknown) => next(error ?? new Error('nothing')));
  });
  const respond = createRespond({
    folder: fileURLToPath(new URL('../../src/web/pages/', import.meta.url)),
    common: () => ({ asset: (name: string) => name, siteUrl: 'https://site.example', viewer: undefined }),
  });
  app.use(
    errorPage({
      respond,
      siteUrl: 'https://site.example',
      recordRefusal: (_request, error) => {
        recorded.push(error.code);
        return Promise.resolve();
      },
    }),
  );
  const answer = await request(app).get('/').set('accept', accept);
  return { answer, lines, recorded };
}

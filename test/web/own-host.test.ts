import { describe, expect, it } from '@jest/globals';
import type { ErrorRequestHandler } from 'express';
import express from 'express';
import request from 'supertest';
import { HostUnknownError } from '../../src/web/errors.ts';
import { requireOwnHost } from '../../src/web/own-host.ts';

const HTTPS = 'https://understudy.studio.example';

type Headers = Readonly<Record<string, string>>;

describe('a server at https://understudy.studio.example', () => {
  it.each<[Headers]>([
    [{ host: 'understudy.studio.example' }],
    [{ host: 'understudy.studio.example:443' }],
    [{ host: 'Understudy.Studio.Example' }],
    // Nobody's word counts here but that of the connection.
    [{ host: 'understudy.studio.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' }],
  ])('answers to %j', async (headers) => {
    expect((await ask(headers)).status).toBe(200);
  });

  it.each<[Headers]>([
    [{ host: 'evil.example' }],
    [{ host: 'understudy.studio.example.evil.example' }],
    [{ host: 'understudy.studio.example:8080' }],
    [{ host: 'understudy.studio.example:80' }],
    [{ host: 'understudy.studio.example.' }],
    [{ host: 'understudy.studio.example@evil.example' }],
    [{ host: '127.0.0.1' }],
    [{ host: '' }],
    [{ host: 'evil.example', 'x-forwarded-host': 'understudy.studio.example' }],
  ])('does not answer to %j', async (headers) => {
    expect(await ask(headers)).toMatchObject({ status: 421, body: { code: 'host_unknown' } });
  });
});

describe('behind a proxy that it trusts', () => {
  it.each<[Headers]>([
    [{ host: 'understudy.studio.example' }],
    [{ host: '10.0.0.7:8080', 'x-forwarded-host': 'understudy.studio.example' }],
    [{ host: 'understudy.studio.example', 'x-forwarded-proto': 'https' }],
    [{ host: 'understudy.studio.example', 'x-forwarded-proto': 'HTTPS, http' }],
  ])('answers to %j', async (headers) => {
    expect((await ask(headers, 1)).status).toBe(200);
  });

  it.each<[Headers]>([
    [{ host: '10.0.0.7:8080' }],
    [{ host: 'understudy.studio.example', 'x-forwarded-host': 'evil.example' }],
    [{ host: 'understudy.studio.example', 'x-forwarded-proto': 'http' }],
    [{ host: 'understudy.studio.example', 'x-forwarded-proto': 'javascript' }],
  ])('does not answer to %j', async (headers) => {
    expect((await ask(headers, 1)).status).toBe(421);
  });
});

describe('a server on this machine', () => {
  it('answers with its port, and to no other name of the machine', async () => {
    expect((await ask({ host: 'localhost:8080' }, false, 'http://localhost:8080')).status).toBe(200);
    for (const host of ['localhost', 'localhost:8081', '127.0.0.1:8080']) {
      expect((await ask({ host }, false, 'http://localhost:8080')).status).toBe(421);
    }
  });
});

function ask(headers: Headers, trustProxy: number | false = false, publicUrl = HTTPS) {
  const app = express();
  app.set('trust proxy', trustProxy);
  app.use(requireOwnHost(publicUrl));
  app.use((_request, response) => void response.send('page'));
  const onError: ErrorRequestHandler = (error, _request, response, next) => {
    if (error instanceof HostUnknownError) response.status(error.status).json({ code: error.code });
    else next(error);
  };
  app.use(onError);
  return request(app).get('/').set(headers);
}

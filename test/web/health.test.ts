import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { SessionStoreUnavailableError } from '../../src/session/errors.ts';
import type { Logger } from '../../src/web/logger.ts';
import { requestContext } from '../../src/web/request-context.ts';
import { healthRoutes, type Check } from '../../src/web/routes/health.ts';

const ok: Check = { name: 'database', check: () => Promise.resolve() };

describe('readiness', () => {
  it('is there when every part is', async () => {
    expect(await ready([ok, { ...ok, name: 'idp' }])).toEqual({
      status: 200,
      body: { status: 'ready', parts: { database: { ok: true }, idp: { ok: true } } },
    });
  });

  it('names every part that is not, by code, and gives nothing else away', async () => {
    const broken: Check = { name: 'sessions', check: () => Promise.reject(new SessionStoreUnavailableError()) };
    const buggy: Check = { name: 'shotgrid', check: () => Promise.reject(new Error('redis://:secret@host')) };
    expect(await ready([ok, broken, buggy])).toEqual({
      status: 503,
      body: {
        status: 'not ready',
        parts: {
          database: { ok: true },
          sessions: { ok: false, code: 'store_unavailable' },
          shotgrid: { ok: false, code: 'unexpected' },
        },
      },
    });
  });

  it('does not wait for ever for a part that does not answer', async () => {
    const silent: Check = { name: 'idp', check: () => new Promise(() => undefined) };
    expect((await ready([silent])).status).toBe(503);
  });

  it('ends when the server drains, while it is still alive', async () => {
    expect(await ready([ok], true)).toMatchObject({ status: 503, body: { status: 'draining' } });
    expect((await request(app([ok], true)).get('/healthz')).body).toEqual({ status: 'ok' });
  });
});

async function ready(checks: readonly Check[], isDraining = false): Promise<{ status: number; body: unknown }> {
  const answer = await request(app(checks, isDraining)).get('/readyz');
  return { status: answer.status, body: answer.body as unknown };
}

function app(checks: readonly Check[], isDraining: boolean) {
  const nothing = () => undefined;
  const log: Logger = { child: () => log, debug: nothing, info: nothing, warn: nothing, error: nothing };
  return express()
    .use(requestContext({ log, createReference: () => 'AAAA-BBBB-CC', now: () => new Date() }))
    .use(healthRoutes({ checks, isDraining: () => isDraining }));
}

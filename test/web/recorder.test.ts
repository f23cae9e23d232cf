import { describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import type { AuditLog } from '../../src/audit/log.ts';
import { createRecorder } from '../../src/web/recorder.ts';
import { requestContext } from '../../src/web/request-context.ts';

describe('the record of a click', () => {
  it('comes with the launch that was kept last, when the log had to write everything once more', async () => {
    const log = {
      append: async (_events: unknown, options: { alongside?: (executor: never) => Promise<void> }) => {
        await options.alongside?.(undefined as never);
        await options.alongside?.(undefined as never);
        return [];
      },
    } as unknown as AuditLog;
    const recorder = createRecorder({ audit: log, scriptName: 'script' });
    let attempt = 0;
    const kept = await recorder.click(aRequest(), { payload: aPayload(), kind: 'full' }, () =>
      Promise.resolve(`cookie ${++attempt}`),
    );
    expect(kept).toBe('cookie 2');
  });
});

function aRequest(): Request {
  const request = { path: '/ami/approve', ip: '127.0.0.1' } as unknown as Request;
  const silent = { child: () => silent } as never;
  const start = requestContext({ log: silent, createReference: () => 'REF', now: () => new Date(0) });
  start(request, { set: () => undefined, on: () => undefined } as unknown as Response, () => undefined);
  return request;
}

function aPayload(): Parameters<ReturnType<typeof createRecorder>['click']>[1]['payload'] {
  return { user: { id: 1, login: 'artist' }, selectedIds: [1], ids: [1] } as never;
}

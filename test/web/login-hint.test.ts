import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import type { AmiPayload } from '../../src/ami/payload.ts';
import { LaunchNotYoursError } from '../../src/session/errors.ts';
import type { LaunchStore } from '../../src/session/launches.ts';
import { createLoginHint } from '../../src/web/login-hint.ts';

describe('the name on the provider’s form', () => {
  const launches = {
    cookieName: (id: string) => `launch.${id}`,
    open: (id: string, cookie?: string) =>
      id === 'abc' && cookie === 'mine'
        ? Promise.resolve({ payload: { user: { id: 24, login: 'artist' } } })
        : Promise.reject(new LaunchNotYoursError()),
  } as unknown as LaunchStore<AmiPayload>;
  const hint = createLoginHint(launches);

  it('is the click’s, for the browser that clicked', async () => {
    expect(await hint(withCookie('launch.abc=mine'), '/launches/abc')).toBe('artist');
  });

  it.each([
    ['launch.abc=stolen', '/launches/abc'],
    ['', '/launches/abc'],
    ['launch.abc=mine', '/launches/abd'],
    ['launch.abc=mine', '/runs/abc'],
    ['launch.abc=mine', '/'],
    ['launch.abc=mine', '/launches/abc/run'],
  ])('is nobody’s with %j for %s, and signing in works all the same', async (cookie, returnTo) => {
    expect(await hint(withCookie(cookie), returnTo)).toBeUndefined();
  });
});

function withCookie(cookie: string): Request {
  return { headers: { cookie } } as unknown as Request;
}

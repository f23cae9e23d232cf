import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import type { AmiPayload } from '../../src/ami/payload.ts';
import { LaunchNotYoursError } from '../../src/session/errors.ts';
import type { HandOvers } from '../../src/session/hand-overs.ts';
import type { LaunchStore } from '../../src/session/launches.ts';
import { createLoginHint } from '../../src/web/login-hint.ts';

const POPPED_OUT = 'AbCdEfGhIjKlMnOpQrStUv';

describe('the name on the provider’s form', () => {
  const launches = {
    cookieName: (id: string) => `launch.${id}`,
    open: (id: string, cookie?: string) =>
      id === 'abc' && cookie === 'mine'
        ? Promise.resolve({ payload: { user: { id: 24, login: 'artist' } } })
        : Promise.reject(new LaunchNotYoursError()),
    find: () => Promise.resolve({ payload: { user: { id: 24, login: 'artist' } } }),
  } as unknown as LaunchStore<AmiPayload>;
  const handOvers = {
    check: (id: string, ticket: unknown) =>
      id === POPPED_OUT && ticket === '0.mine' ? Promise.resolve('waiting') : Promise.reject(new LaunchNotYoursError()),
  } as unknown as HandOvers;
  const hint = createLoginHint(launches, handOvers);

  it('is the click’s, for the browser that clicked', async () => {
    expect(await hint(withCookie('launch.abc=mine'), '/launches/abc')).toBe('artist');
  });

  it('is the click’s in the window that its frame has opened, where there is no cookie of it', async () => {
    expect(await hint(withCookie(''), `/pop-out/${POPPED_OUT}?t=0.mine`)).toBe('artist');
    expect(await hint(withCookie(''), `/pop-out/${POPPED_OUT}?t=0.guessed`)).toBeUndefined();
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

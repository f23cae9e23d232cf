import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { cookieOptions } from '../../src/session/middleware.ts';
import { readCookies } from '../../src/web/cookies.ts';

describe('cookies of a request', () => {
  it('come by name', () => {
    expect(read('a=1; launch.x=abc==;b = 2 ')).toEqual([
      ['a', '1'],
      ['launch.x', 'abc=='],
      ['b', '2'],
    ]);
  });

  it('count the first of several with one name', () => {
    expect(read('a=1; a=2')).toEqual([['a', '1']]);
  });

  it('do not reach a prototype', () => {
    const cookies = readCookies(request('__proto__=x'));
    expect(cookies.get('__proto__')).toBe('x');
    expect(readCookies(request('a=1')).get('constructor')).toBeUndefined();
  });

  it.each([undefined, '', ';;;', '=x', 'novalue', 'a=1'.repeat(20_000)])('survive %j', (header) => {
    expect(read(header)).toEqual([]);
  });
});

describe('cookies of ours', () => {
  it('are HttpOnly and Lax, and Secure on https', () => {
    expect(cookieOptions(true)).toEqual({ httpOnly: true, sameSite: 'lax', secure: true, path: '/' });
    expect(cookieOptions(false)).toMatchObject({ secure: false });
  });

  it.each([true, false])(
    'are of one embedding site alone in a frame, which takes Secure whether we are on https (%j) or on localhost',
    (https) => {
      expect(cookieOptions(https, true)).toEqual({
        httpOnly: true,
        sameSite: 'none',
        secure: true,
        partitioned: true,
        path: '/',
      });
    },
  );
});

function read(header: string | undefined): (readonly [string, string])[] {
  return [...readCookies(request(header))];
}

function request(cookie: string | undefined): Request {
  return { headers: { cookie } } as unknown as Request;
}

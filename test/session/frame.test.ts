import { describe, expect, it } from '@jest/globals';
import { isFramed } from '../../src/session/frame.ts';

const IN_FRAME = '__Host-frame-session=s%3Ax; __Host-frame-launch.AbC-_9=y';

describe('a request from inside ShotGrid’s page', () => {
  it.each([
    [{ 'sec-fetch-dest': 'iframe' }],
    [{ 'sec-fetch-dest': 'frame' }],
    [{ 'sec-fetch-dest': 'iframe', cookie: '__Host-session=x' }],
    [{ 'sec-fetch-dest': 'empty', cookie: IN_FRAME }],
    [{ 'sec-fetch-dest': 'empty', cookie: 'other=1; frame-launch.AbC=y' }],
    [{ cookie: 'frame-session=x' }],
  ])('is one with %j', (headers) => {
    expect(isFramed({ headers })).toBe(true);
  });

  it.each([
    [{}],
    [{ 'sec-fetch-dest': 'document' }],
    [{ 'sec-fetch-dest': 'document', cookie: IN_FRAME }],
    [{ 'sec-fetch-dest': 'empty' }],
    [{ 'sec-fetch-dest': 'empty', cookie: `__Host-session=x; ${IN_FRAME}` }],
    [{ 'sec-fetch-dest': 'IFRAME' }],
    [{ cookie: 'session=x' }],
    [{ cookie: 'a=frame-session=x' }],
    [{ cookie: 'my-frame-session=x' }],
    [{ cookie: 'frame-sessions=x' }],
    [{ cookie: 'x-session=frame-session' }],
  ])('is none with %j', (headers) => {
    expect(isFramed({ headers })).toBe(false);
  });

  it('is told of a long cookie header as soon as of a short one', () => {
    const cookie = `${'frame-launch.'.repeat(2000)};${' '.repeat(6000)}`;
    const begun = performance.now();
    isFramed({ headers: { cookie } });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

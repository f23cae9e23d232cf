import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseReturnTo } from '../../src/session/return-to.ts';

describe('where a login may lead back to', () => {
  it.each([
    '/launches/AbCdEfGhIjKlMnOpQrStUv',
    '/runs/AbC-_9',
    '/runs/AbC/events',
    '/audit',
    '/audit/',
    '/audit?person=artist&from=2026-05-01T00:00:00Z',
    '/audit?q=caf%C3%A9',
    '/audit/records/17',
    '/admin',
    '/admin/actions',
    '/account',
    '/pop-out/AbCdEfGhIjKlMnOpQrStUv?t=0.Ab-_9',
  ])('is one of our own pages: %s', (path) => {
    expect(parseReturnTo(path)).toBe(path);
  });

  it.each([
    undefined,
    null,
    7,
    ['/audit'],
    '',
    '/',
    'audit',
    '//evil.example/launches/x',
    '///launches/x',
    '/\\evil.example',
    '/launches/\\x',
    '/launches//x',
    '/launches/../login',
    '/launches/./x',
    '/launches/..',
    '/launches/%2e%2e/login',
    '/launches/%2f%2fevil.example',
    '/launches/x\r\nSet-Cookie: a=b',
    '/launches/x\t',
    ' /audit',
    '/audit ',
    '/audit#x',
    '/audit\u0000',
    '/ａudit',
    '/audited',
    '/administrator',
    '/accounts',
    '/launches',
    '/login',
    '/ami/approve',
    '/logout?x=/audit',
    'https://evil.example/audit',
    'javascript:alert(1)',
    'http:/audit',
    `/audit?${'x'.repeat(2000)}`,
  ])('is nowhere else: %j', (given) => {
    expect(parseReturnTo(given)).toBeUndefined();
  });

  it('never leaves our origin, whatever it is made of', () => {
    const part = fc.constantFrom(
      '/',
      '//',
      '\\',
      '..',
      '.',
      '%2f',
      '%5c',
      '@',
      ':',
      'http',
      'audit',
      'launches',
      'x',
      '?',
      '#',
    );
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => `/${parts.join('')}`),
        (given) => {
          const path = parseReturnTo(given);
          if (path === undefined) return;
          const url = new URL(path, 'https://understudy.example');
          expect(url.origin).toBe('https://understudy.example');
          expect(url.pathname).toBe(path.split('?', 1)[0]);
          expect(url.pathname).toMatch(/^\/(launches|runs|audit|admin)(\/|$)/);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import { CsrfInvalidError } from '../../src/session/errors.ts';
import { requireSameOrigin } from '../../src/web/same-origin.ts';

const OURS = 'https://understudy.studio.example';

describe('a form of ours', () => {
  it.each([
    [{ origin: OURS }],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ origin: OURS, 'sec-fetch-site': 'same-origin' }],
  ])('may say %j', (headers) => {
    expect(passes(headers)).toBe(true);
  });

  it.each([
    [{}],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: '' }],
    [{ origin: `${OURS}.evil.example` }],
    [{ origin: `${OURS}:444` }],
    [{ origin: OURS.replace('https', 'http') }],
    [{ origin: OURS.toUpperCase() }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: OURS, 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
  ])('does not say %j', (headers) => {
    expect(() => passes(headers)).toThrow(CsrfInvalidError);
  });
});

function passes(headers: Readonly<Record<string, string>>): boolean {
  let passed = false;
  const request = { get: (name: string) => headers[name] } as unknown as Request;
  requireSameOrigin(OURS)(request, {} as unknown as Response, () => (passed = true));
  return passed;
}

import { describe, expect, it } from '@jest/globals';
import { browserKind, browserNames } from '../../src/web/browser-kind.ts';

describe('the kind of a browser', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
      'Chrome on iOS',
    ],
    ['curl/8.5.0', 'A browser'],
    ['<script>alert(1)</script> Linux', 'A browser on Linux'],
    ['', 'A browser'],
    [undefined, 'A browser'],
  ])('of %j is %s', (header, kind) => {
    expect(browserKind(header)).toBe(kind);
  });

  it.each([
    ['Firefox on Linux', 'Firefox', 'Linux'],
    ['Chrome', 'Chrome', undefined],
    ['A browser on Linux', undefined, 'Linux'],
    ['A browser', undefined, undefined],
    [undefined, undefined, undefined],
  ])('is kept as %j, which names %j on %j', (kind, browser, system) => {
    expect(browserNames(kind)).toEqual({ browser, system });
  });

  it('takes no time over a header of a megabyte', () => {
    expect(browserKind(`${'Mac OS '.repeat(150_000)}Firefox/1`)).toBe('A browser');
  });
});

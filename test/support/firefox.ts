/** Debian's Firefox for tests, driven by puppeteer-core over WebDriver BiDi. Where none is installed the suite is named as skipped, or fails with CI=true. */
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { launch, type Browser } from 'puppeteer-core';
import { findFirefox } from '../../infra/install/find-program.mjs';

/** `describe` with a Firefox of its own. */
export function describeInFirefox(title: string, body: (firefox: () => Browser) => void): void {
  const executablePath = findFirefox();
  if (executablePath === undefined) {
    const missing = new Error('Firefox is not installed: apt-get install firefox-esr');
    if (process.env['CI'] === 'true') describe(title, () => it('needs Firefox', () => Promise.reject(missing)));
    else describe.skip(`${title} (Firefox is not installed)`, () => body(() => Promise.reject(missing) as never));
    return;
  }
  describe(title, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launch({ browser: 'firefox', executablePath, headless: true, timeout: 90_000 });
    }, 100_000);
    afterAll(async () => {
      await browser?.close();
    }, 30_000);
    body(() => {
      if (browser === undefined) throw new Error('the browser belongs into a test');
      return browser;
    });
  });
}

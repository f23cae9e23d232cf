/**
 * Chromium for tests. Importing this file's `describeInBrowser` where no Chromium is
 * installed names the suite as skipped, or fails it with CI=true.
 */
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium } from '../../infra/install/find-program.mjs';
import { launchChromium } from '../../infra/pictures/chromium.ts';

export type { BrowserContext, Page };

/** Two loaded cores are slow; nothing here waits this long when things go well. */
const PATIENCE_MS = 20_000;

export type TestBrowser = {
  /** A browser that nobody has used: no cookies, no cache. Closed after the test. */
  readonly fresh: (options?: BrowserContextOptions) => Promise<Person>;
};

/** One person's browser, and everything its pages complained about. */
export type Person = {
  readonly context: BrowserContext;
  /** Console errors, exceptions and violations of the content security policy, of all its pages. */
  readonly complaints: readonly string[];
};

/** `describe` with a Chromium of its own, one for all its tests. */
export function describeInBrowser(title: string, body: (browser: TestBrowser) => void): void {
  if (findChromium() === undefined) {
    if (process.env['CI'] === 'true') describe(title, () => it('needs Chromium', () => Promise.reject(missing())));
    else describe.skip(`${title} (Chromium is not installed)`, () => body({ fresh: () => Promise.reject(missing()) }));
    return;
  }
  describe(title, () => {
    let browser: Browser | undefined;
    const contexts: BrowserContext[] = [];
    beforeAll(async () => {
      browser = await launchChromium();
    }, 90_000);
    afterEach(async () => {
      for (const context of contexts.splice(0)) await context.close();
    });
    afterAll(async () => {
      await browser?.close();
    }, 30_000);
    body({
      async fresh(options) {
        if (browser === undefined) throw new Error('fresh() belongs into a test');
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
        contexts.push(context);
        context.setDefaultTimeout(PATIENCE_MS);
        return { context, complaints: await collectComplaints(context) };
      },
    });
  });
}

async function collectComplaints(context: BrowserContext): Promise<readonly string[]> {
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    // A refusal is a page with a 4xx or 5xx status, which Chromium notes as an error by itself.
    if (isOwnStatus(message.text(), message.location().url, message.page())) return;
    complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  await context.addInitScript(() => {
    const page = globalThis as unknown as {
      document: { addEventListener(type: string, listener: (event: Readonly<Record<string, unknown>>) => void): void };
    };
    page.document.addEventListener('securitypolicyviolation', (event) =>
      console.error('securitypolicyviolation', event['violatedDirective'], event['blockedURI']),
    );
  });
  return complaints;
}

function isOwnStatus(text: string, url: string, page: Page | null): boolean {
  return text.startsWith('Failed to load resource: the server responded with a status of') && url === page?.url();
}

function missing(): Error {
  return new Error('Chromium is not installed: apt-get install chromium');
}

/** Debian's Chromium, driven by playwright-core: for the README's pictures and for the tests in a real browser. */
import { chromium, type Browser } from 'playwright-core';
import { findChromium } from '../install/find-program.mjs';

/** No sandbox: it runs as root in containers too. The rest keeps Chromium from talking to anybody but us. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** With a fresh profile each time. @throws Error when Chromium is not installed or does not start. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('Chromium is not installed: apt-get install chromium');
  return chromium.launch({ executablePath, args: FLAGS, timeout: 60_000 });
}

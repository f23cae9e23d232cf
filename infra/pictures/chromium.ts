/** Debian's Chromium, driven by playwright-core: for the README's pictures and for the tests in a real browser. */
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { findChromium, findHeadlessShell } from '../install/find-program.mjs';

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

/** With a fresh profile each time; without windows where that is installed. @throws Error when Chromium is not installed or does not start. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findHeadlessShell() ?? requireChromium(), args: FLAGS, timeout: 60_000 });
}

/**
 * With the profile in this folder, settings included, which the browser without windows does not know; one window for all.
 *
 * @throws as {@link launchChromium}.
 */
export async function launchChromiumProfile(folder: string): Promise<BrowserContext> {
  const viewport = { width: 1280, height: 800 };
  return chromium.launchPersistentContext(folder, {
    executablePath: requireChromium(),
    args: FLAGS,
    timeout: 60_000,
    viewport,
  });
}

function requireChromium(): string {
  const found = findChromium();
  if (found === undefined) throw new Error('Chromium is not installed: apt-get install chromium');
  return found;
}

/** The machine and the account that this program runs on: the one place of the authenticator that knows them. */
import { homedir } from 'node:os';
import process from 'node:process';
import type { Machine } from './places.ts';

/** For `new DefaultsManager(thisMachine())`. */
export function thisMachine(): Machine {
  return { platform: process.platform, env: process.env, home: homedir(), uid: process.getuid?.() };
}

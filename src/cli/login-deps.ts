/** What the commands about one's own session are given by `cli.ts`, which alone knows the process. */
import type { Machine } from '../shotgrid/authenticator/places.ts';

export type LoginDeps = {
  readonly machine: Machine;
  /** Reads a file as text; may throw. */
  readonly readFile: (path: string) => string;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** What this machine is called, for the person who approves. */
  readonly hostName: string;
  /** Undefined where nobody is at a terminal. Both reject with `AuthenticationCancelledError` when the person gives up. */
  readonly terminal:
    | {
        readonly ask: (what: string, suggested?: string) => Promise<string>;
        /** Shows nothing of what is typed. */
        readonly askSecret: (what: string) => Promise<string>;
      }
    | undefined;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Opens the default browser, where there is one; never rejects. */
  readonly openBrowser: (url: string) => Promise<void>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  readonly setExitCode: (code: number) => void;
};

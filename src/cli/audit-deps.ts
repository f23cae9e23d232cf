/** What the audit commands need of the process that they run in. */
import type { Database } from '../database/open.ts';

export type AuditCommandDeps = {
  /** Opens the log's database: for reading, unless it is to be written. */
  readonly openDatabase: (options?: { readonly writable: boolean }) => Promise<Database>;
  /** PEMs of the keys that the server signs with, newest first; none when it has none. May throw. */
  readonly signingKeys: () => readonly string[];
  /** The ShotGrid site and the script on it. @throws Error that names what is not set. */
  readonly site: () => {
    readonly siteUrl: string;
    readonly scriptName: string;
    readonly scriptKey: readonly string[];
    readonly proxyUrl: string | undefined;
  };
  readonly now: () => Date;
  /** The system account that runs the command, as far as that is known. */
  readonly operator: () => string | undefined;
  /** Prints one line of the answer. */
  readonly print: (line: string) => void;
  /** Prints one line of trouble. */
  readonly printError: (line: string) => void;
  readonly setExitCode: (code: number) => void;
};

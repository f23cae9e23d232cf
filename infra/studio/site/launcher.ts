/**
 * The app session launcher: a program asks for a session, a person approves it in the browser, the program polls.
 * The token is handed out once; after that, and after a denial or 305 seconds, the request is simply not found.
 */
import { randomBytes } from 'node:crypto';

export type AppRequest = {
  readonly id: string;
  readonly appName: string;
  readonly machineId: string;
  readonly createdAt: number;
  readonly decision: 'pending' | 'approved' | 'denied';
  readonly login: string | null;
  /** Instead of a session of this person's, where a test wants the site to be wrong. */
  readonly sessionToken?: string | undefined;
};

export type Launcher = {
  request: (appName: string, machineId: string) => AppRequest;
  /** Pending or approved, not yet handed out and not expired. */
  find: (id: string) => AppRequest | undefined;
  approve: (id: string, login: string, sessionToken?: string) => boolean;
  deny: (id: string) => boolean;
  /** What the poll gets; an approved request is gone after this. */
  collect: (id: string) => AppRequest | undefined;
  all: () => readonly AppRequest[];
  clear: () => void;
};

const LIFETIME_MS = 305_000;

export function createLauncher(now: () => Date): Launcher {
  const requests = new Map<string, AppRequest>();
  function find(id: string): AppRequest | undefined {
    const found = requests.get(id);
    if (!found || now().getTime() - found.createdAt >= LIFETIME_MS || found.decision === 'denied') return undefined;
    return found;
  }
  function decide(id: string, decision: 'approved' | 'denied', login: string | null, sessionToken?: string): boolean {
    const found = find(id);
    if (found?.decision !== 'pending') return false;
    requests.set(id, { ...found, decision, login, sessionToken });
    return true;
  }
  return {
    request(appName, machineId) {
      const made: AppRequest = {
        id: randomBytes(16).toString('hex'),
        appName,
        machineId,
        createdAt: now().getTime(),
        decision: 'pending',
        login: null,
      };
      requests.set(made.id, made);
      return made;
    },
    find,
    approve: (id, login, sessionToken) => decide(id, 'approved', login, sessionToken),
    deny: (id) => decide(id, 'denied', null),
    collect(id) {
      const found = find(id);
      if (found?.decision === 'approved') requests.delete(id);
      return found;
    },
    all: () => [...requests.values()],
    clear: () => requests.clear(),
  };
}

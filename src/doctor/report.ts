/** What the doctor says: one finding per check, in the order of the checks, and the worst of them. Safe to show to admins. */

export type Level = 'ok' | 'warning' | 'failure' | 'skipped';

export type Finding = {
  readonly level: Level;
  /** What was seen, in a sentence. */
  readonly saw: string;
  /** What to do about it; absent when there is nothing to do. */
  readonly remedy?: string | undefined;
  /** What the sentence counts, one by one: names of people, of files … */
  readonly details?: readonly string[] | undefined;
};

export type Check = {
  /** Stable: programs and other pages name checks by it. */
  readonly id: string;
  readonly title: string;
  /** May throw: then the check could not be made, which is a finding of its own. */
  readonly run: (signal: AbortSignal) => Promise<Finding>;
};

export type CheckResult = Finding & Pick<Check, 'id' | 'title'> & { readonly ms: number };

export type Report = {
  /** The worst of all; a skipped check is not bad. */
  readonly level: Exclude<Level, 'skipped'>;
  /** RFC 3339 UTC. */
  readonly time: string;
  readonly ms: number;
  readonly checks: readonly CheckResult[];
};

/** The worst level among these. */
export function worstOf(levels: readonly Level[]): Report['level'] {
  if (levels.includes('failure')) return 'failure';
  return levels.includes('warning') ? 'warning' : 'ok';
}

export function ok(saw: string, details?: readonly string[]): Finding {
  return { level: 'ok', saw, details };
}

export function warning(saw: string, remedy: string, details?: readonly string[]): Finding {
  return { level: 'warning', saw, remedy, details };
}

export function failure(saw: string, remedy: string, details?: readonly string[]): Finding {
  return { level: 'failure', saw, remedy, details };
}

export function skipped(saw: string, remedy?: string): Finding {
  return { level: 'skipped', saw, remedy };
}

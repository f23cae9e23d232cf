/** Makes checks side by side, each with a time of its own: none waits for another, and none hides another. */
import { ServiceError } from '../errors.ts';
import { failure, worstOf, type Check, type CheckResult, type Finding, type Report } from './report.ts';

/** A check that has not ended by then has failed; all of them together take hardly longer. */
const PATIENCE_MS = 8_000;

export async function runChecks(
  checks: readonly Check[],
  { now, patienceMs = PATIENCE_MS }: { readonly now: () => Date; readonly patienceMs?: number | undefined },
): Promise<Report> {
  const startedAt = now();
  const since = (): number => now().getTime() - startedAt.getTime();
  const results = await Promise.all(
    checks.map(async (check): Promise<CheckResult> => {
      const finding = await runOne(check, patienceMs);
      return { id: check.id, title: check.title, ...finding, ms: since() };
    }),
  );
  return {
    level: worstOf(results.map(({ level }) => level)),
    time: startedAt.toISOString(),
    ms: since(),
    checks: results,
  };
}

async function runOne(check: Check, patienceMs: number): Promise<Finding> {
  const giveUp = new AbortController();
  const late = Promise.withResolvers<Finding>();
  const timer = setTimeout(() => {
    const seconds = patienceMs / 1000;
    late.resolve(
      failure(`No answer in ${seconds} seconds.`, 'Look at what this check asks: something on the way to it hangs.'),
    );
    giveUp.abort();
  }, patienceMs);
  try {
    return await Promise.race([attempt(check, giveUp.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function attempt(check: Check, signal: AbortSignal): Promise<Finding> {
  try {
    return await check.run(signal);
  } catch (error) {
    return findingOf(error);
  }
}

/** Our own errors are made to be shown; of all others only the kind is. */
function findingOf(error: unknown): Finding {
  if (error instanceof ServiceError) return failure(error.message, error.remedy);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return failure(
    `The check itself could not be made${code}.`,
    'Tell the people who make this server what you see here.',
  );
}

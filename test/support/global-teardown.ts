/** Runs once after all tests: stops what the set-up started. */

// On globalThis because Jest may load this file twice, once for each end of the run.
const shared = globalThis as typeof globalThis & {
  understudyTestServices?: (() => Promise<void>)[];
  understudyTestFiles?: () => void;
};

/** Remembers how to stop a server that this test run owns. */
export function willStop(stop: () => Promise<void>): void {
  (shared.understudyTestServices ??= []).push(stop);
}

/** Remembers how to remove the files of this test run, which goes last. */
export function willRemove(remove: () => void): void {
  shared.understudyTestFiles = remove;
}

/** Stops every remembered server, also when stopping one of them fails. */
export async function stopShared(): Promise<void> {
  const stops = shared.understudyTestServices ?? [];
  shared.understudyTestServices = [];
  await Promise.allSettled(stops.map((stop) => stop()));
  shared.understudyTestFiles?.();
}

export default function stopAll(): Promise<void> {
  return stopShared();
}

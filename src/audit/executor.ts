/** By which of a person's two ways something was done. Pure. */
import type { RecordContent } from './record.ts';

/** `script`: as the person, by sudo. `self`: by the person's own session, without the script. */
export const EXECUTORS = ['script', 'self'] as const;

export type Executor = (typeof EXECUTORS)[number];

/** Undefined where nobody calls ShotGrid. */
export function executorOf({ realActor }: Pick<RecordContent, 'realActor'>): Executor | undefined {
  if (realActor === undefined) return undefined;
  return realActor.type === 'HumanUser' ? 'self' : 'script';
}

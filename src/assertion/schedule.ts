/**
 * When which key signs, and how long its public half is published. Pure.
 * A key is published an hour before it signs, so that whoever fetches keys now and then has it in time; it stays published
 * until an hour after the next one took over, when nothing that it signed is valid any more.
 */

export type ScheduledKey = {
  readonly signsFrom: Date;
  /** False when its private half cannot be opened, as after every secret was replaced at once. */
  readonly canSign: boolean;
};

export type Schedule<K> = {
  readonly signing: K | undefined;
  readonly published: readonly K[];
  readonly obsolete: readonly K[];
  /** From when a key that has to be made now should sign; undefined: none has to be made. */
  readonly nextSignsFrom: Date | undefined;
};

export const ROTATE_AFTER_MS = 30 * 24 * 3600 * 1000;
export const PUBLISH_AHEAD_MS = 3600 * 1000;
export const KEEP_AFTER_MS = 3600 * 1000;

export function scheduleKeys<K extends ScheduledKey>(keys: readonly K[], now: Date): Schedule<K> {
  const inOrder = keys.toSorted((a, b) => a.signsFrom.getTime() - b.signsFrom.getTime());
  const isObsolete = (index: number): boolean => {
    const next = inOrder[index + 1];
    return next !== undefined && next.signsFrom.getTime() + KEEP_AFTER_MS <= now.getTime();
  };
  const signing = inOrder.findLast((key) => key.canSign && key.signsFrom <= now);
  return {
    signing,
    published: inOrder.filter((_, index) => !isObsolete(index)),
    obsolete: inOrder.filter((_, index) => isObsolete(index)),
    nextSignsFrom: nextSignsFrom(signing, inOrder.at(-1), now),
  };
}

function nextSignsFrom(
  signing: ScheduledKey | undefined,
  latest: ScheduledKey | undefined,
  now: Date,
): Date | undefined {
  if (signing === undefined || latest === undefined) return now;
  const due = latest.signsFrom.getTime() + ROTATE_AFTER_MS - PUBLISH_AHEAD_MS;
  return due <= now.getTime() ? new Date(now.getTime() + PUBLISH_AHEAD_MS) : undefined;
}

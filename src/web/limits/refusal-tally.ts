/**
 * Records of a flood that are not a flood themselves: of each limit and whoever met it, the first refusal in a minute is recorded when it
 * happens, and all of them as one number when the minute is over.
 */
import type { AuditContext } from '../../audit/event.ts';

export type LimitMet = { readonly limit: string; readonly per: string; readonly key: string };

/** `refused` so far, in the last `seconds`. */
export type TallyRecord = {
  readonly limit: string;
  readonly per: string;
  readonly refused: number;
  readonly seconds: number;
};

export type RefusalTally = {
  /** Never throws. */
  note(met: LimitMet, context: () => AuditContext): Promise<void>;
  /** Records what is over; everything when the server stops. */
  settle(isStopping?: boolean): Promise<void>;
};

const WINDOW_MS = 60_000;
/** Of one limit in one minute; all others are counted together. */
const MOST_KEYS = 50;
const OTHERS = 'others';

type Window = { readonly met: LimitMet; readonly context: AuditContext; readonly since: number; refused: number };

export function createRefusalTally(deps: {
  readonly now: () => Date;
  readonly record: (context: AuditContext, what: TallyRecord) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}): RefusalTally {
  const windows = new Map<string, Window>();
  const keysOf = new Map<string, number>();

  async function record({ met, context, refused }: Window, seconds: number): Promise<void> {
    try {
      await deps.record(context, { limit: met.limit, per: met.per, refused, seconds });
    } catch (error) {
      // The refusal stands, also when the log cannot take it.
      deps.onTrouble(error);
    }
  }

  return {
    async note(met, contextOf) {
      const kind = `${met.per} ${met.limit}`;
      const own = `${kind} ${met.key}`;
      const isKnown = windows.has(own);
      const isOther = !isKnown && (keysOf.get(kind) ?? 0) >= MOST_KEYS;
      const name = isOther ? `${kind} ${OTHERS}` : own;
      const known = windows.get(name);
      if (known !== undefined) {
        known.refused += 1;
        return;
      }
      // Those that are counted together are nobody in particular.
      const context = isOther ? {} : contextOf();
      const window = { met, context, since: deps.now().getTime(), refused: 1 };
      windows.set(name, window);
      keysOf.set(kind, (keysOf.get(kind) ?? 0) + 1);
      if (!isOther) await record(window, 0);
    },

    async settle(isStopping = false) {
      const at = deps.now().getTime();
      for (const [name, window] of windows) {
        if (!isStopping && at - window.since < WINDOW_MS) continue;
        windows.delete(name);
        const kind = `${window.met.per} ${window.met.limit}`;
        const left = (keysOf.get(kind) ?? 1) - 1;
        if (left > 0) keysOf.set(kind, left);
        else keysOf.delete(kind);
        // One refusal was recorded as it happened.
        if (window.refused > 1 || name.endsWith(` ${OTHERS}`))
          await record(window, Math.max(1, Math.round((at - window.since) / 1000)));
      }
    },
  };
}

/**
 * The meter as the server has it: silent until somebody wants to read it. The library behind it takes memory that a server
 * whom nobody watches should not need; a reader compares two readings, so what came before the first is nobody's loss.
 */
import type { Meter, Readings } from './meter.ts';
import type { Prometheus } from './prometheus.ts';

export type Metrics = {
  readonly meter: Meter;
  /** Begins to count, if that was not begun before, and tells everything. */
  expose(): Promise<{ readonly type: string; readonly text: string }>;
};

/** @param deps.read - What is asked when somebody looks. */
export function createMetrics(deps: { readonly read: () => Promise<Readings> }): Metrics {
  let counting: Prometheus | undefined;
  let starting: Promise<Prometheus> | undefined;

  async function start(): Promise<Prometheus> {
    const { createPrometheus } = await import('./prometheus.ts');
    counting = createPrometheus(deps.read);
    return counting;
  }

  return {
    meter: {
      clickReceived: (payload) => counting?.clickReceived(payload),
      refused: (code) => counting?.refused(code),
      runConfirmed: (origin) => counting?.runConfirmed(origin),
      runFinished: (outcome) => counting?.runFinished(outcome),
      rowSettled: (outcome) => counting?.rowSettled(outcome),
      shotgridCalled: (call) => counting?.shotgridCalled(call),
      idpCalled: (call) => counting?.idpCalled(call),
      auditAppended: (append) => counting?.auditAppended(append),
    },
    async expose() {
      return (await (starting ??= start())).expose();
    },
  };
}

/** The log, measured: what it takes to make records durable, and what they say has happened. */
import type { AuditEvent } from '../audit/event.ts';
import type { AuditLog } from '../audit/log.ts';
import type { Meter } from '../metrics/meter.ts';

/** @param now - Milliseconds of any beginning, as finely as possible. */
export function measureAudit<T extends AuditLog>(audit: T, meter: Meter, now: () => number): T {
  return {
    ...audit,
    async append(events: Parameters<AuditLog['append']>[0], options?: Parameters<AuditLog['append']>[1]) {
      const startedAt = now();
      let isDone = false;
      let records = 0;
      try {
        const sealed = await audit.append(events, options);
        isDone = true;
        records = sealed.length;
        return sealed;
      } finally {
        meter.auditAppended({ ms: now() - startedAt, records, isDone });
        if (isDone) for (const event of [events].flat() as readonly AuditEvent[]) count(event, meter);
      }
    },
  };
}

function count({ type, outcome, details }: AuditEvent, meter: Meter): void {
  switch (type) {
    case 'click.received':
      // A click of very many rows is told in parts.
      if (details?.['part'] === 1) meter.clickReceived(details['payload'] === 'light' ? 'light' : 'full');
      return;
    case 'run.confirmed':
      meter.runConfirmed(
        details?.['undoOf'] !== undefined ? 'undo' : details?.['retryOf'] !== undefined ? 'retry' : 'click',
      );
      return;
    case 'changes.performed':
      for (const row of details?.['rows'] as readonly { readonly outcome: string }[]) meter.rowSettled(row.outcome);
      return;
    case 'run.finished':
      meter.runFinished(outcome);
      return;
    default:
  }
}

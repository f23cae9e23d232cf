/** What records can be asked for. Everything that is given must match. */
import type { AuditOutcome } from './event.ts';
import type { Executor } from './executor.ts';

export type AuditFilter = {
  /** Login of the person acted for. */
  readonly person?: string | undefined;
  /** The script, by name. */
  readonly realActor?: string | undefined;
  /** By the script's sudo, or by the person's own session. */
  readonly executor?: Executor | undefined;
  readonly subject?: string | undefined;
  readonly type?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly code?: string | undefined;
  readonly actionId?: string | undefined;
  readonly launchId?: string | undefined;
  readonly runId?: string | undefined;
  readonly projectId?: number | undefined;
  /** Whole name, whatever its case. */
  readonly projectName?: string | undefined;
  readonly reference?: string | undefined;
  readonly clientAddress?: string | undefined;
  /** A row that was changed or was meant to be. */
  readonly entity?: { readonly type: string; readonly id: number } | undefined;
  /** A field that was changed or was meant to be; of `entity`, when that is given too. */
  readonly field?: string | undefined;
  /** Words that names of rows, of the project or of the page begin with; all of them. */
  readonly text?: string | undefined;
  /** Confirmations of runs that take back this run. */
  readonly undoOf?: string | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
};

export type PageOfRecords = {
  /** Only records older than this one: where the page before ended. */
  readonly beforeSeq?: number | undefined;
  /** Only records newer than this one, the nearest first of them: where the page after began. */
  readonly afterSeq?: number | undefined;
  /** Records a page: 1 to 500, 50 by default. */
  readonly limit?: number | undefined;
};

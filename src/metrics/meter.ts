/** What is measured: one function per thing that happens, so that the names of what others read are in one place. */

export type Meter = {
  /** A click became a launch. */
  clickReceived(payload: 'full' | 'light'): void;
  /** Somebody was refused something; `code` is one of ours. */
  refused(code: string): void;
  runConfirmed(origin: 'click' | 'undo' | 'retry'): void;
  /** `outcome` of the run as a whole, as its record has it. */
  runFinished(outcome: string): void;
  rowSettled(outcome: string): void;
  shotgridCalled(call: {
    readonly operation: string;
    /** Undefined when no answer came. */
    readonly status: number | undefined;
    readonly ms: number;
    /** From 1; every further one is a retry. */
    readonly attempt: number;
  }): void;
  idpCalled(call: { readonly ms: number; readonly isAnswered: boolean }): void;
  /** Until the records were durable, or could not be made so. */
  auditAppended(append: { readonly ms: number; readonly records: number; readonly isDone: boolean }): void;
};

/** What is asked when somebody looks, and not counted as it happens. */
export type Readings = {
  /** Runs of this process. */
  readonly runsInProgress: number;
  /** Confirmed runs that nobody performs yet, of all replicas. */
  readonly runsWaiting: number;
  readonly database: { readonly active: number; readonly idle: number; readonly waiting: number } | undefined;
  readonly shotgrid: { readonly inFlight: number; readonly waiting: number };
  readonly isReadOnly: boolean;
  readonly actionsOff: number;
};

/** Word of runs that wait, from whoever confirmed them to whichever replica is free. It carries ids alone and may lose all of them. */
export type RunQueue = {
  /** Rejects soon when the queue is away. */
  add(runId: string): Promise<void>;
  /** Hands runs to this process from now on; one is over when `perform` resolves. */
  listen(perform: (runId: string) => Promise<void>): void;
  close(): Promise<void>;
};

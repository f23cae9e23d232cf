/** English: the log beside ShotGrid’s. */
export const reconcile = {} as const;

/** English: a run and its rows. */
export const run = {} as const;

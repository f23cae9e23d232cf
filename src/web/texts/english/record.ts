/** English: one record of the log. */
export const record = {} as const;

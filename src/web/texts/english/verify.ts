/** English: checking the log. */
export const verify = {} as const;

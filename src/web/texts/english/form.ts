/** English: what an action asks. */
export const form = {} as const;

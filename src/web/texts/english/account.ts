/** English: a person’s own account. */
export const account = {} as const;

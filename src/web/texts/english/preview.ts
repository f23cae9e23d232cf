/** English: what would change, before anything does. */
export const preview = {} as const;

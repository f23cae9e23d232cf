/** English: the first page. */
export const home = {} as const;

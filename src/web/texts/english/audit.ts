/** English: the list of records and its picture. */
export const audit = {} as const;

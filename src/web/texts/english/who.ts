/** English: “Who would I be?”. */
export const who = {} as const;

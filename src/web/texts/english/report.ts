/** English: what an action reports. */
export const report = {} as const;

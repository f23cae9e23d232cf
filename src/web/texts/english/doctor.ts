/** English: the doctor’s page. */
export const doctor = {} as const;

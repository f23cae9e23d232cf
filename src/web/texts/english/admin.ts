/** English: the administrators’ overview, switches and the last day. */
export const admin = {} as const;

/** English: approving in ShotGrid that one acts for oneself. */
export const approval = {} as const;

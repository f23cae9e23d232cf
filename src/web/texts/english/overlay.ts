/** English: pages inside ShotGrid’s own page, and the window that signs in for them. */
export const overlay = {} as const;

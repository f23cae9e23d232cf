/** English: signing in with a password, and having signed out. */
export const signIn = {} as const;

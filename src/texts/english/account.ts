/** English: a person’s own account. */
export const account = {
  title: 'Your account',
  sessionsEnded: 'That is ended. The next page opened there asks to sign in.',
  siteSessionForgotten:
    'Your own session in ShotGrid is forgotten here. Runs that were using it end after the rows that are under way.',
  whoYouAre: 'Who you are',
  name: 'Name',
  login: 'Login',
  email: 'E-mail',
  signedInBy: 'Signed in by',
  /** Goes on with one or more of the next three. */
  hereYou: 'Here you',
  mayUse: 'may use the menu items',
  administer: 'administer this server',
  readAuditLog: 'read the audit log',
  /** `provider`: the host name of who signs people in. */
  saidBy:
    'All of this is said by {provider}. What is wrong is changed there, and is right here after the next sign-in.',
  siteSession: 'Your own session in ShotGrid',
  siteSessionSince:
    'Since <time datetime="{since}">{sinceText}</time> this server may act by your own session in ShotGrid, as you approved there or signed in for. It is kept encrypted for this browser, and forgotten when you sign out; a run that still uses it ends then.',
  forgetNow: 'Forget it now',
  whereSignedIn: 'Where you are signed in',
  browser: 'Browser',
  signedIn: 'Signed in',
  lastUsed: 'Last used',
  end: 'End',
  thisBrowser: 'this browser',
  /** One that nothing more is known of. */
  someBrowser: 'A browser',
  /** `browser`: a name such as Firefox, or `someBrowser`; `system`: a name such as Linux. */
  browserOn: '{browser} on {system}',
  insideShotGrid: '{browser}, inside ShotGrid',
  endSessionIn: 'End the session in {browser}',
  signOutOfThis: 'Sign out of this browser',
  endOthers: 'End all others',
  sessionsEndBy:
    'Runs that you have confirmed go on. A session ends by itself 8 hours after its last use, or a day after signing in.',
} as const;

/** English: pages inside ShotGrid’s own page, and the window that signs in for them. */
export const overlay = {
  /** A click that went on in a window of its own. */
  inAnotherWindow: 'In another window',
  finishedElsewhere: 'Finished in another window',
  goesOnElsewhere: 'This goes on in another window',
  waitsThere: 'It waits for you there: look at what would change, and confirm.',
  nothingChangedYet: 'Nothing has been changed yet.',
  settledOf: '<strong>{settled, number} of {total, number}</strong> rows settled.',
  settledAndChanged:
    '<strong>{settled, number} of {total, number}</strong> rows settled, <strong>{done, number}</strong> changed.',
  progress: 'Progress of this run',
  whatBecame:
    'What became of each row stands in that window. Your ShotGrid page refreshes by itself in a few seconds; if it does not, reload it.',
  seeHowFar: 'See how far it is now',
  /** Signing in, before a click goes on. */
  hasEnded: 'You are not signed in here any more. Nothing was changed, and what you sent was not kept.',
  whoAreYou: 'Who are you?',
  signInAsClicker: 'Sign in as the person who clicked',
  askedOnce:
    'You are asked once, in a small window that closes by itself. After that, clicks like this one go straight on until you sign out.',
  continueAs: 'Continue as {login}',
  windowIsOpen:
    'The window is open. When you are done there, this page goes on by itself. If you closed it, press the button again.',
  noWindow: 'No window? Your browser holds it back.',
  openInTab: 'Open it in a tab instead.',
  noScripts:
    'Scripts are switched off here: the click goes on in the window, and <a href="{href}">this page says how far it is</a> when you load it again.',
  nothingChangedBefore: 'Nothing has been changed yet. You see first what would change.',
  signedOut: 'Signed out',
  signedOutHere: 'You are signed out in here',
  nextClickAsks:
    'Your next click that opens inside ShotGrid asks you to sign in again. Tabs of their own are not signed out by this.',
  /** In the window. */
  goesOnInShotGrid: 'It goes on in ShotGrid',
  signedInThere: 'You are signed in there already. You can close this window.',
  linkUsed:
    'This link was used before, and the click went on there. You can close this window, or click the menu item in ShotGrid again.',
  youAre: 'You are signed in as <strong>{name}</strong>.',
  goingOn: 'Going on in ShotGrid’s page…',
  done: 'Done',
  closeWindow: 'It goes on in ShotGrid’s page. You can close this window.',
  noAnswer:
    'ShotGrid’s page does not answer this window. You can go on in this window instead; the page there says so.',
  continueHere: 'Continue in this window',
} as const;

/** English: what several pages say. */
export const common = {
  title: '{title} · Understudy',
  skip: 'Skip to content',
  mainMenu: 'Main',
  auditLog: 'Audit log',
  admin: 'Admin',
  signedInAsLabel: 'Signed in as',
  signedInAs: 'Signed in as <strong>{name}</strong>',
  signOut: 'Sign out',
  signOutHere: 'Sign out here',
  backToShotGrid: 'Back to ShotGrid',
  howToClose: 'To close this and keep your page as it is, use the ✕ in the corner of the overlay.',
  findRow: 'Find a row by name',
  find: 'Find',
  showAll: 'Show all {count, number}',
  noRowMatches: 'No row matches',
  place: '{from, number}–{to, number} of {total, number}',
  previous: 'Previous',
  next: 'Next',
  rows: '{count, plural, one {# row} other {# rows}}',
  /** By whose means something is done as a person: “as you, by …”. */
  byScript: 'script {script}',
  byYourSession: 'your own session in ShotGrid',
  byTheirSession: 'their own session in ShotGrid',
  /** `one` and `many`: what ShotGrid calls a row of this type. */
  rowsOfType: '{count, plural, one {# {one}} other {# {many}}}',
} as const;

/** English: one record of the log. What its parts are called stands with the list of records. */
export const record = {
  title: 'Record {seq}',

  /** Beside the parts of a record. */
  claimed: '{login} (claimed, not proven)',
  byScript: 'the script, as the person',
  bySelf: 'the person’s own session',
  atProvider: 'At the provider',
  subject: '{subject} at {issuer}',
  browserWindow: 'Browser window',
  hash: 'Hash',

  rows: 'Rows',
  part: 'Part {part, number} of {parts, number}',
  beforeAfter: 'Before → after',
  siteError: 'ShotGrid’s error <code>{id}</code>',

  /** The story: the records of one click. */
  story: 'The whole story',
  takesBack: 'This run takes back the one confirmed in <a href="{href}">record {seq}</a>.',
  takenBack: 'Taken back by the run confirmed in <a href="{href}">record {seq}</a>, {time}.',
  storyIsCut: 'There is more: <a href="{href}">all records of this click</a>.',

  asSealed: 'As it was sealed',
  takeAway: 'Take this story away, sealed',
} as const;

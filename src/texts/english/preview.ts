/**
 * English: what would change, before anything does; also of an undo and of a retry. Of `rows` and `count` the first is said
 * (“3 Versions”); the second is its number, to decline by.
 */
export const preview = {
  selected: '{rows} selected',
  undo: 'Undo: {title}',
  undoWhere: 'Takes back what the run changed, where nobody has changed it since',
  undoWhereOf: 'A run of {name} ({login}). Takes back what the run changed, where nobody has changed it since',
  retry: 'Try again: {title}',
  retryWhere: 'Tries the rows again that were not changed, from how they are now',
  retryWhereOf: 'A run of {name} ({login}). Tries the rows again that were not changed, from how they are now',

  rowsChanged: 'The rows have changed since that page was made. This is what would change now.',
  rowsOrActionChanged: 'The rows or the action have changed since that page was made. This is what would change now.',
  wrongNumber: 'The number you typed is not the number of changes. Nothing was done.',

  actingAs: '<strong>Acting as {name}</strong> <span class="soft">({login})</span>',
  /** `by`: `common.byScript` or `common.byYourSession`. */
  asYou: 'with your own permissions, as you, by {by}',

  tallyChanges: '<b>{count, number}</b> will change',
  tallyCreates: '<b>{count, number}</b> new',
  tallyDeletes: '<b>{count, number}</b> deleted',
  tallyRefused: '<b>{count, number}</b> refused',
  tallyAlreadySo: '<b>{count, number}</b> already so',
  tallyNotFound: '<b>{count, number}</b> not found',
  tallyChangedSince: '<b>{count, number}</b> changed since',

  /** ShotGrid’s own reasons follow. */
  someRefused:
    'You may make {allowed, number} of {total, number} changes; {refused, plural, one {# is} other {# are}} refused:',
  noneAsked: 'ShotGrid could not be asked beforehand about these changes; it says yes or no when they are made.',
  someNotAsked:
    'ShotGrid could not be asked beforehand about {count, number} of them; it says yes or no when they are made.',

  whatWouldChange: 'What would change',
  /** Head of the column of rows that are of no one type. */
  row: 'row',
  refused: 'Refused',
  nothingSelected: 'Nothing was selected. Select rows in ShotGrid, then pick the menu item again.',
  noneThere: 'None of the selected rows is there any more, or you may not see them.',
  allAlreadySo: 'Nothing to do: every selected row is already so.',
  nothingToUndo: 'There is nothing left to take back: every row was changed since, or is gone.',
  nothingToRetry: 'There is nothing left to do: every row is as it should be, or is gone.',

  rowsThatStay: 'Rows that stay as they are ({count, number})',
  alreadySo: 'already so',
  notFound: 'not there, or not visible to you',
  changedSince: 'changed by somebody since',
  andMore: 'and {count, number} more',

  /** The number as it has to be typed: without separators. */
  typeToConfirm: 'Type <strong>{count, number}</strong> to confirm',
  /** On the button; the second where the first is too long for one. `title`: what the action is called. */
  confirmTitled: '{title}: {rows} as {name}',
  confirm: 'Confirm {rows} as {name}',
  changeAnswers: 'Change answers',
  backToRun: 'Back to the run',
  nothingYet: 'Nothing has been changed yet.',
  keptUntil: 'This preview is kept until <time datetime="{at}">{time}</time>.',
} as const;

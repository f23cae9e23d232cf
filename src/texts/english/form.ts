/** English: what an action asks. */
export const form = {
  /** `rows`: how many of which, as in “3 Versions”. */
  selected: '{rows} selected',
  unusable: 'The form cannot be used as it was sent.',
  fieldsWrong: '{count, plural, one {One field needs another look.} other {# fields need another look.}}',
  /** What is wrong with it comes after it. */
  fieldWrong: '<a href="{href}">{field}</a>:',
  continueToPreview: 'Continue to the preview',
  nothingChanged: 'Nothing is changed yet: you see first what would change.',
  /** `by`: one of `common.byScript`, `common.byYourSession`. */
  actingAs: 'Acting as <strong>{name}</strong> ({login}), with your own permissions, as you, by {by}.',
  required: '(required)',
  choose: 'Choose…',
  chooseNone: '(none)',
  secretKept: 'What you typed is kept; leave this blank to use it.',
  /** `values`: choices, or `ticked` and `notTicked`, as a list with “or”. */
  onlyWhen: 'Only used when “{field}” is {values}.',
  ticked: 'ticked',
  notTicked: 'not ticked',
  chosenFor: '{field}: chosen',
  typeName: 'Type a name',
  typeNames: 'Type names, separated by commas',
  /** What is said while somebody types and chooses. */
  typeAndChoose: 'Type a name and choose it',
  matchList: 'Matches',
  matches: '{count, plural, one {# match} other {# matches}}',
  nothingFound: 'Nothing found',
  listUnreadable: 'The list cannot be read now. Type the whole name.',
  chosen: 'Chosen',
  nameChosen: '{name} chosen',
} as const;

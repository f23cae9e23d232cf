/** English: a run and its rows. Of `rows` and `count` the first is said (“3 Versions”); the second is its number, to decline by. */
export const run = {
  changing: 'Changing {rows}…',
  stopping: 'Stopping…',
  stopped: 'Stopped: {rows} changed',
  interrupted: 'Interrupted: {rows} changed',
  changed: '{rows} changed',
  notKnownWhatChanged: 'It is not known what changed',
  nothingChanged: 'Nothing was changed',

  undoesRun: 'This undoes another run',
  undoesRunOf: 'This undoes a run of {name} ({login})',
  retriesRun: 'This tries another run again',
  retriesRunOf: 'This tries a run of {name} ({login}) again',

  rowsUnknown:
    '{count, plural, one {One row is} other {# rows are}} unknown: ShotGrid did not say whether the change was made. Look there before you try again.',
  wasStopped:
    'The run was stopped. {count, plural, one {# row was} other {# rows were}} not reached; what was done before stays.',
  endedEarly:
    'The run ended before its time: {count, plural, one {# row was} other {# rows were}} not reached. You can try them again.',
  noneChanged: '{count, plural, one {# row was} other {# rows were}} not changed; each says why.',
  someNotChanged:
    '{count, plural, one {# row was} other {# rows were}} not changed; each says why. The others are as you wanted them.',
  allAlreadySo: '{rows} already as you wanted.',
  allDone: 'All done. Your ShotGrid page refreshes by itself in a few seconds; if it does not, reload it there.',

  /** While the page is open its script writes both numbers anew, and nothing else of it. */
  settledOf:
    '<strong><span data-settled>{settled, number}</span> of <span data-total>{total, number}</span></strong> rows settled.',
  mayClose: 'You may close this page; the work goes on.',
  progress: 'Progress of this run',
  stop: 'Stop this run',
  doneStaysDone: 'What is done stays done.',
  stopsSoon: 'It stops after the rows that are under way.',

  /** `by`: `common.byScript` or `common.byTheirSession`. */
  acting: '<strong>As {name}</strong> <span class="soft">({login})</span>, <span data-by>by {by}</span>',
  reference: 'Reference <code data-reference>{reference}</code>',

  /** What became of a row; each once more as it stands behind the number of such rows. */
  done: 'Done',
  alreadySo: 'Already so',
  refused: 'Refused',
  failed: 'Failed',
  unknown: 'Unknown',
  notDone: 'Not done',
  waiting: 'Waiting',
  tallyDone: 'done',
  tallyAlreadySo: 'already so',
  tallyRefused: 'refused',
  tallyFailed: 'failed',
  tallyUnknown: 'unknown',
  tallyNotDone: 'not done',
  tallyWaiting: 'waiting',

  everyRow: 'Every row',
  outcome: 'Outcome',

  retryOthers: '{count, plural, one {Try the other row again} other {Try the other # again}}',
  undo: 'Undo',
  wasUndone: 'This run was undone',
  wasUndoneBy: 'This run was undone by {name} ({login})',
  wasRetried: 'The other rows were tried again',
  wasRetriedBy: 'The other rows were tried again by {name} ({login})',
  downloads: 'Every row as <a href="{csv}" download>CSV</a> or <a href="{json}" download>JSON</a>',
  runId: 'Run <code data-run-id>{id}</code>',
} as const;

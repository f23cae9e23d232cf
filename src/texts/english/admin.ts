/** English: the administrators’ overview, switches and the last day. */
export const admin = {
  title: 'Administration',
  overview: 'Overview',
  allChanges: 'All changes',
  isReadOnly: '<strong>This server is read-only.</strong> Nothing can be confirmed, undone or tried again.',
  allowChanges: 'Allow changes…',
  changesAllowed:
    '<strong>Changes are allowed.</strong> <span class="soft">Read-only keeps clicks and previews, and refuses every confirmation and undo.</span>',
  makeReadOnly: 'Make read-only…',
  /** Why something is off, in the words of the administrator who switched it. */
  reason: '“{reason}”',
  /** Who switched something off, and when. */
  switchedBy: '{by}, <time datetime="{since}">{sinceText}</time>',
  dayUnknown: 'The last day cannot be shown now: the audit log does not answer.',

  runs: 'Runs in progress',
  run: 'Run',
  /** Head of a column: as whom the run writes. */
  as: 'As',
  since: 'Since',
  rowsSettled: 'Rows settled',
  settledOf: '{settled, number} of {total, plural, one {# row} other {# rows}}',
  stop: 'Stop',
  stopping: 'stopping',
  /** The button; read aloud as `stopLabel`. */
  stopButton: 'Stop…',
  stopLabel: 'Stop {title} as {actor}',
  runsUnknown: 'They cannot be read now.',
  noRuns: 'Nothing is being written at the moment.',

  actions: 'Actions',
  action: 'Action',
  /** Head of a column: for which types of rows. */
  for: 'For',
  state: 'State',
  switch: 'Switch',
  /** What an action is made of. */
  kindYaml: 'yaml',
  kindTypescript: 'typescript',
  kindRemote: 'remote',
  kindNone: 'no file',
  off: 'Off',
  on: 'On',
  /** The title is only read aloud: it stands in the same row. */
  switchOn: 'Switch on…<span class="visually-hidden"> {title}</span>',
  switchOff: 'Switch off…<span class="visually-hidden"> {title}</span>',
  noActions: 'There is no action on this server yet.',
  broken: '<strong>Files of actions with problems.</strong> Their last good action is still served.',

  problems: 'Refused and failed lately',
  time: 'Time',
  /** Head of a column: the type of the record. */
  what: 'What',
  code: 'Code',
  person: 'Person',
  reference: 'Reference',
  refused: 'refused',
  failed: 'failed',
  /** Beside a login that was not proven. */
  claimed: '(claimed)',
  problemsUnknown: 'They cannot be read now: the audit log does not answer.',
  noProblems: 'Nothing has been refused, and nothing has failed.',

  lastDay: 'The last 24 hours',
  clicks: 'Clicks',
  dayRuns: 'Runs',
  refusals: 'Refusals',
  /** 95 of 100 previews were there as soon. */
  wait: 'Click to preview, p95',
  /** How long, to hundredths of a second. */
  hundredths: '{seconds, number, ::.00} s',
  seconds: '{seconds, number, ::.} s',
  noClicks: 'Nobody has clicked yet.',
  /** Beside the tallest bar. */
  anHour: '{count, number} an hour',
  longest: '{wait} from click to preview',
  newestOnly: 'Counted from the newest {count, number} records.',
  asTable: 'The picture as a table',
  byHour: 'Clicks, runs and refusals by the hour',
  byHourWithWait: 'Clicks, runs, refusals and the time from click to preview by the hour',
  hour: 'Hour (UTC)',
  hourTitle:
    '{hour}: {clicks, plural, one {# click} other {# clicks}}, {runs, plural, one {# run} other {# runs}}, {refusals, plural, one {# refusal} other {# refusals}}',
  hourTitleWithWait:
    '{hour}: {clicks, plural, one {# click} other {# clicks}}, {runs, plural, one {# run} other {# runs}}, {refusals, plural, one {# refusal} other {# refusals}}, preview after {wait}',
  waitsLeftOut: 'Previews of people who had to sign in or to fill in a form first are not among the times.',

  whatWillHappen: 'What will happen',
  /** Title of the page that stops a run; `action` is the action’s title. */
  stopRun: 'Stop {action}',
  stopEnds: 'The run of “{action}” as {actor} ends before its next batch of rows.',
  stopKeepsDone: 'What is done stays done; rows that it has not reached stay as they are.',
  stopRest: 'The rest can be tried again, and what is done undone, on the run’s page.',
  logKeepsYou: 'The audit log keeps that it was you.',
  stopNow: 'Stop this run',
  lookAtRun: 'Look at the run',
  letGoOn: 'Let it go on',

  turnReadOnly: 'Make this server read-only',
  turnReadOnlyOff: 'Allow changes again',
  turnOff: 'Switch “{name}” off',
  turnOn: 'Switch “{name}” on again',
  switchedMeanwhile: 'Somebody has switched it since this page was made. This is how it is now.',
  offBecause: '<strong>Off:</strong> “{reason}”',
  confirmsAgain:
    'Previews can be confirmed again, and runs undone and tried again, on every server within two seconds.',
  othersStayOff: 'Actions that are switched off by themselves stay off.',
  clicksAgain: 'Clicks of “{name}” are taken again, on every server within two seconds.',
  refusedStayRefused: 'Clicks that were refused are not made up for: people click again.',
  previewsGoOn: 'Clicks are taken and previews are shown, with your reason above them.',
  confirmsNothing: 'No preview can be confirmed, no run undone or tried again, on any server from now on.',
  runsGoOn:
    '{count, plural, =0 {No run is in progress.} one {One run in progress goes on; stop it on the administrators’ page if it must not.} other {# runs in progress go on; stop them on the administrators’ page if they must not.}}',
  clicksRefused:
    'Clicks of “{name}” are refused with your reason, on every server within two seconds; those that wait for their confirmation too.',
  itsRunsGoOn: 'Runs of it that are confirmed already go on; stop them on the administrators’ page if they must not.',
  canBeUndone: 'What it has done can still be undone.',
  logKeepsWhen: 'The audit log keeps that it was you, and when.',
  logKeepsWhy: 'The audit log keeps that it was you, and when, and why.',
  reasonLabel: 'Reason <span class="must">(required)</span>',
  reasonHelp: 'Everybody who meets it reads this, with your name.',
  reasonTooShort: 'Say why, in a few words: people who meet this are shown your reason.',
  reasonTooLong: 'At most {most, number} characters, please.',
  reasonDisturbing: 'One line of plain text, please: no line ends and no invisible characters.',
  leaveIt: 'Leave it as it is',
} as const;

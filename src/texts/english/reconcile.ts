/** English: the log beside ShotGrid’s. What parts of a record are called stands with the list of records. */
export const reconcile = {
  title: 'Compare with ShotGrid',
  lead: 'This log beside ShotGrid’s own event log: what one of them knows and the other does not.',
  compare: 'Compare',

  report: 'Report',
  span: '{from} to {to}',
  notBegun: 'Nothing of this span has been compared yet.',
  agree: 'They agree.',
  agreeSoFar: 'They agree, as far as they have been compared.',
  comparedUntil: 'Compared until {time} UTC. Compare again to go on from there.',
  compared:
    '{clicks, plural, one {# click} other {# clicks}} and {rows, plural, one {# row} other {# rows}} of this log, {events, plural, one {# row} other {# rows}} of the event log.',

  caption: 'Differences, in order of time',
  difference: 'Difference',
  thisLog: 'This log',
  record: 'record {seq}',
  event: 'event {id}',
  nothing: 'nothing',

  /** What differs. “We” is this server. */
  clickUnseen: 'ShotGrid saw a click, we did not',
  clickNotOnSite: 'We saw a click, ShotGrid did not',
  writeUnexplained: 'Written with our script, explained by no run',
  doneNotOnSite: 'Called done, not in the event log',
  notDoneButOnSite: 'Called not done, yet in the event log',
  unknownDone: 'Was unknown: it was written',
  unknownNotDone: 'Was unknown: it was not written',

  notSeen: 'What could not be seen',
  before: 'Compared before',
} as const;

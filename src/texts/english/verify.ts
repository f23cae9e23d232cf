/** English: checking the log. */
export const verify = {
  title: 'Verify the log',
  intact: 'The log is intact',
  broken: 'The log is broken',
  allThere: 'Every record is there, in order and unedited.',

  /** `reason` is a word of the check, as the command says it too: “edited”. */
  cut: '{count, plural, one {The end of the log is gone: a checkpoint was signed for more than the # record that is there.} other {The end of the log is gone: a checkpoint was signed for more than the # records that are there.}}',
  badSignature: 'The checkpoint of record {seq} is not what was signed (<span lang="en">{reason}</span>).',
  rewritten: 'Record {seq} is not the one that its checkpoint was signed for (<span lang="en">{reason}</span>).',
  doesNotFit: 'Record {seq} is the first that does not fit (<span lang="en">{reason}</span>).',
  keepCopy: 'Keep a copy of the database before you do anything else.',
  lookAt: 'Look at record {seq}',

  records: 'Records',
  inArchives: 'In archives',
  theFirst: 'the first {count, number}',
  /** The hash of the last record. */
  head: 'Head',

  checkpoints: 'Checkpoints',
  newest: 'Newest',
  newestOf:
    '{size, plural, one {of # record, <time datetime="{time}">{timeText}</time>} other {of # records, <time datetime="{time}">{timeText}</time>}}',
  key: 'Key',
  file: 'File',
  takeAway: 'Take it away',
  noneSigned: 'No checkpoint has been signed yet, so nothing here would show that the newest records were cut off.',
  noneChecked: 'None was checked.',
  checkedAndAgree:
    '{count, plural, one {One was checked: signed by this server’s keys, and the records agree.} other {The newest # were checked: signed by this server’s keys, and the records agree.}}',
  checked:
    '{count, plural, one {One was checked: held against the records.} other {The newest # were checked: held against the records.}}',
  ofOtherKeys:
    '{count, plural, one {# more is signed with keys that this server does not have any more, and not checked here.} other {# more are signed with keys that this server does not have any more, and not checked here.}}',
  keptElsewhere:
    'These are in the same database as the records. One that was kept elsewhere proves more: compare it, or have it checked with <code>understudy audit verify --checkpoint</code>.',

  /** Where records are copied to as they are written. */
  sinks: 'Second sinks',
  sinkAddress: 'Address',
  sinkFile: 'File',
  /** `seq` is the number of the last record that was copied. */
  sinkAt: '{behind, plural, =0 {up to record {seq}, nothing waits} other {up to record {seq}, behind by #}}',
  /** Before the reason why. */
  sinkWaits: 'Waits:',
} as const;

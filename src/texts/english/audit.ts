/** English: the list of records and its picture; and what parts of a record are called, on every page that shows them. */
export const audit = {
  /** Parts of a record: to search by, above a column, beside a value. */
  words: 'Words in names',
  person: 'Person',
  row: 'Row',
  from: 'From',
  to: 'To',
  outcome: 'Outcome',
  event: 'Event',
  realActor: 'Real actor',
  executor: 'Done by',
  subject: 'Subject at the provider',
  action: 'Action',
  field: 'Field',
  project: 'Project',
  code: 'Code',
  run: 'Run',
  click: 'Click',
  undoOf: 'Undo of run',
  reference: 'Reference',
  clientAddress: 'Client address',
  time: 'Time (UTC)',
  actedFor: 'Acted for',
  about: 'About',
  records: 'Records',

  /** The form. */
  rowAsked: 'Row (type and id, or name)',
  projectAsked: 'Project (id or name)',
  fromUtc: 'From (UTC)',
  toUtc: 'To (UTC)',
  anyOption: 'any',
  search: 'Search',
  more: 'More to search by',
  notUnderstood:
    '<strong>This search cannot be understood.</strong> What is wrong stands beside each part; nothing of what you typed is lost.',
  codeAndReference: 'Code <code data-code>{code}</code> · reference <code data-reference>{reference}</code>',

  /** What the list is narrowed by. */
  span: 'Span of time',
  today: 'Today',
  yesterday: 'Yesterday',
  lastDays: 'Last {days, number} days',
  allTime: 'All time',
  narrowedBy: 'Narrowed by',
  /** `label` is a part of a record, `value` what was asked of it: “Without Person artist”. */
  without: 'Without {label} {value}',

  /** The picture. */
  activity: 'Activity',
  total: '{total, plural, one {<strong>#</strong> record} other {<strong>#</strong> records}}',
  moreThan: '{total, plural, one {more than <strong>#</strong> record} other {more than <strong>#</strong> records}}',
  /** Of the axis: as many records as the highest bar stands for. */
  highest:
    '{unit, select, month {{highest} a month} day {{highest} a day} hour {{highest} an hour} other {{highest} a minute}}',
  /** `counts` is a list of `howMany`. */
  bar: '{total, plural, =0 {{time}: no records} one {{time}: # record, {counts}} other {{time}: # records, {counts}}}',
  /** `what` is a word of the records: “3 refused”. */
  howMany: '{count, number} {what}',
  barsOfNewest: 'The bars are of the newest {total, number}; narrow the time to see the others.',
  asTable: 'The picture as a table',
  byTime: 'Records by time and outcome',
  byUnit:
    '{unit, select, month {Records by month and outcome} day {Records by day and outcome} hour {Records by hour and outcome} other {Records by minute and outcome}}',
  byOutcome: 'By outcome',
  whoAsWhom: 'Who acted as whom',
  whoAsWhomCaption: 'Persons acted for, by whom and in which action, most records first',
  actorsOfNewest: 'Of the newest {count, number} records.',

  /** The list. */
  newestFirst: 'Records, newest first',
  noMatch: 'No record matches.',
  showAll: 'Show all',
  claimed: '(claimed)',
  newer: 'Newer records',
  older: 'Older records',

  /** What a record is about. `row` is a row’s name with its type and id. */
  aboutRows: '{row} and {others, number} more',
  /** `type` is what ShotGrid calls a type of rows. */
  aboutSelected: '{count, number} × {type} selected',
  aboutSelectedRows: '{count, number} × rows selected',
  aboutChanges: '{count, number} would change',
  aboutRecord: 'record {seq}',
  /** What somebody searched or took away who did not narrow it. */
  everything: 'everything',
  /** In the place of a type that a record does not name: “row 6933”. */
  untypedRow: 'row',

  /** To take records away. */
  takeAway: 'Take away:',
  csv: 'CSV',
  jsonLines: 'JSON lines',
  ecs: 'ECS',
  sealedFile: 'Sealed file',
  checkpoint: 'Checkpoint',
  aboutCheckpoint: 'Signed: how many records the log has and how it ends. It covers whatever was taken away before.',
} as const;

/** What the gallery shows: clicks, runs and logs at their emptiest, longest and worst. */
import type { FieldChange, FieldValue, UntouchedRow, UpdateChange } from '../../src/actions/plan.ts';
import type { AuditBeside } from '../../src/audit/beside.ts';
import type { AuditLog } from '../../src/audit/log.ts';
import { NO_HASH, readContent, sealRecord, type AuditRecord } from '../../src/audit/record.ts';
import { barsOf } from '../../src/audit/activity-bars.ts';
import type { Activity } from '../../src/audit/activity.ts';
import type { AuditEvent } from '../../src/audit/event.ts';
import type { Run, RunRow } from '../../src/runs/run-store.ts';

const LONG_NAME = 'HSM_10_0010_crowd_simulation_with_a_very_long_descriptive_name_that_nobody_shortened_cmp_v0123';
const HOSTILE_NAME = '<script>alert(1)</script> "quoted" & ‮reversed‬ 日本語 👩‍🚀';
const LONG_TEXT =
  'Rim light on the hull is hotter now and matches the plate; the shuttle is slower than last time. '.repeat(6);
const ACTOR = { id: 24, login: 'artist', name: 'Alma Ortiz', issuer: 'https://idp.studio.example', subject: 's' };
const LONG_ACTOR = {
  ...ACTOR,
  login: 'maximiliana.von-und-zu-hohenstein@animation.studio.example',
  name: 'Maximiliana Alexandra von und zu Hohenstein-Wittelsbach',
};

function change(id: number, name: string, fields: readonly FieldChange[] = [approval()]): UpdateChange {
  return { kind: 'update', entityType: 'Version', id, name, fields };
}

function approval(before: FieldValue = 'rev'): FieldChange {
  return { field: 'sg_status_list', before, after: 'apr' };
}

function versions(count: number): UpdateChange[] {
  return Array.from({ length: count }, (_one, at) =>
    change(6900 + at, at === 1 && count > 10 ? LONG_NAME : `HSM_10_${String(at + 1).padStart(3, '0')}0_anm_v001`),
  );
}

function untouched(count: number, reason: UntouchedRow['reason'], from = 0): UntouchedRow[] {
  return Array.from({ length: count }, (_one, at) => ({
    entityType: 'Version',
    id: 7900 + from + at,
    name:
      reason === 'not_found' ? `Version ${7900 + from + at}` : `HSM_20_${String(at + 1).padStart(3, '0')}0_cmp_v002`,
    reason,
  }));
}

type Shown = {
  readonly launch: unknown;
  readonly action: unknown;
  readonly preview: unknown;
};

function preview(
  changes: readonly UpdateChange[],
  others: readonly UntouchedRow[] = [],
  more: { readonly actor?: typeof ACTOR; readonly title?: string } = {},
): Shown {
  const selectedIds = [...changes, ...others].map(({ id }) => id);
  const payload = {
    entityType: 'Version',
    selectedIds,
    ids: selectedIds,
    project: { id: 116, name: 'Hyperspace Madness' },
    title: 'All Versions',
    referrerPath: '/page/4606',
  };
  return {
    launch: { id: 'a-launch', payload, expiresAt: new Date('2026-05-04T10:15:00Z') },
    action: {
      id: 'approve',
      title: more.title ?? 'Approve',
      confirmation: 'click',
      form: [],
      entityTypes: ['Version'],
    },
    preview: { actor: more.actor ?? ACTOR, plan: { changes, untouched: others }, digest: 'd' },
  };
}

const manyFields: readonly FieldChange[] = [
  approval(),
  { field: 'description', before: LONG_TEXT, after: `${LONG_TEXT}Approved by the supervisor.` },
  { field: 'description', before: null, after: 'x'.repeat(300) },
  { field: 'sg_frames_have_been_checked_by_the_supervisor', before: false, after: true },
  { field: 'user', before: { type: 'HumanUser', id: 24, name: 'Alma Ortiz' }, after: [] },
];

export const PREVIEWS: ReadonlyMap<string, Shown> = new Map([
  ['three', preview(versions(3))],
  ['one', preview(versions(1), untouched(2, 'already_so'))],
  [
    'many',
    preview(versions(300), [...untouched(40, 'already_so'), ...untouched(2, 'not_found', 50)], { actor: LONG_ACTOR }),
  ],
  [
    'fields',
    preview([change(6900, HOSTILE_NAME, manyFields), change(6901, LONG_NAME, manyFields)], [], {
      title: 'Approve, check the frames, hand over to editorial and tell the supervisor',
    }),
  ],
  ['already-so', preview([], untouched(3, 'already_so'))],
  ['not-found', preview([], untouched(3, 'not_found'))],
  ['nothing-selected', preview([])],
]);

type ShownRun = {
  readonly name: string;
  readonly run: Run;
  readonly rows: readonly RunRow[];
};

type Fate = 'waiting' | 'sending' | 'done' | 'already_so' | 'refused' | 'failed' | 'unknown' | 'not_done';

function run(
  name: string,
  status: 'running' | 'finished',
  changes: readonly UpdateChange[],
  fates: readonly Fate[],
  actor = ACTOR,
): ShownRun {
  const details: Partial<Record<Fate, string>> = {
    refused: 'ShotGrid refused this: The field is not editable for this user: [Version.sg_status_list].',
    failed: 'ShotGrid does not have this: the row was deleted meanwhile.',
    unknown: 'It is not known whether ShotGrid made this change.',
  };
  const rows = changes.map((one, position) => {
    const progress = fates[position % fates.length] ?? 'done';
    return {
      position,
      change: one,
      progress,
      detail: details[progress],
      siteErrorId: undefined,
      createdId: undefined,
      updatedAt: undefined,
    };
  });
  return {
    name,
    rows,
    run: {
      id: name.padEnd(22, '-'),
      launchId: 'a-launch',
      actionId: 'approve',
      actor,
      status,
      createdAt: new Date('2026-05-04T10:00:00Z'),
      cancelRequestedAt: undefined,
      finishedAt: status === 'finished' ? new Date('2026-05-04T10:00:04Z') : undefined,
      context: {
        title: 'Approve',
        entityType: 'Version',
        project: { id: 116, name: 'Hyperspace Madness' },
        referrerPath: '/page/4606',
        untouched: [],
        reference: 'K7QM-3XW9-TZ',
        clientAddress: '127.0.0.1',
      },
    },
  };
}

/** Asked to stop, or cut off, after the first rows. */
function ended(name: string, status: Run['status']): ShownRun {
  const shown = run(name, 'finished', versions(6), ['done', status === 'running' ? 'waiting' : 'not_done']);
  return { ...shown, run: { ...shown.run, status, cancelRequestedAt: new Date('2026-05-04T10:00:02Z') } };
}

const runs = [
  run('progress', 'running', versions(40), ['done', 'done', 'sending', 'waiting', 'waiting']),
  run('done', 'finished', versions(3), ['done']),
  run('mixed', 'finished', versions(12), ['done', 'done', 'refused', 'already_so', 'failed']),
  run('unknown', 'finished', versions(3), ['done', 'unknown', 'unknown']),
  run('nothing-done', 'finished', versions(2), ['refused']),
  run('many', 'finished', versions(300), ['done'], LONG_ACTOR),
  run('fields', 'finished', [change(6900, HOSTILE_NAME, manyFields)], ['done']),
  ended('stopped', 'cancelled'),
  ended('interrupted', 'interrupted'),
  ended('stopping', 'running'),
];
export const RUNS: ReadonlyMap<string, ShownRun> = new Map(runs.map((one) => [one.run.id, one]));

const records = seal(
  [
    ['click.received', 'success'],
    ['login.succeeded', 'success'],
    ['plan.made', 'success'],
    ['run.confirmed', 'success'],
    ['changes.intended', 'intended'],
    ['changes.performed', 'success'],
    ['run.finished', 'success'],
    ['sudo.refused', 'refused', 'sudo_flag_off'],
    ['click.refused', 'refused', 'ami_signature_invalid'],
    ['changes.performed', 'failed'],
    ['changes.performed', 'unknown'],
    ['login.failed', 'refused', 'login_failed'],
  ].concat(Array.from({ length: 38 }, () => ['click.received', 'success'])),
);

function seal(events: readonly (readonly string[])[]): readonly AuditRecord[] {
  let previous = { seq: 0, hash: NO_HASH };
  return events.map(([type, outcome, code], at) => {
    const login = at === 8 ? LONG_ACTOR.login : 'artist';
    const event = {
      type,
      outcome,
      code,
      context: {
        reference: 'K7QM-3XW9-TZ',
        clientAddress: '127.0.0.1',
        ...(at === 11 ? {} : { person: { login, id: 24, proven: at !== 8 } }),
        realActor: { type: 'ApiUser', name: 'understudy' },
        ...(type?.startsWith('login') === true ? {} : { actionId: 'approve' }),
        launchId: 'ma3TmizbdS8gEzE8Y4pVew',
        project: { id: 116, name: 'Hyperspace Madness' },
      },
      details:
        type?.startsWith('changes') === true
          ? {
              part: 1,
              parts: 2,
              total: 204,
              rows: versions(4).map((row) => ({ ...row, outcome: 'done', siteErrorId: '1f2e3d' })),
            }
          : {},
    } as unknown as AuditEvent;
    const sealed = sealRecord(event, previous, new Date(Date.UTC(2026, 4, 4, 10, 0, at)));
    previous = sealed;
    return { ...sealed, content: readContent(sealed) };
  });
}

const NO_ACTIVITY: Activity = {
  total: 0,
  isComplete: true,
  unit: 'day',
  bars: [],
  actors: { isComplete: true, list: [] },
};

const ACTIVITY: Activity = {
  total: 10_000,
  isComplete: false,
  unit: 'day',
  bars: barsOf(new Date('2026-03-01T00:00:00Z'), new Date('2026-05-05T00:00:00Z'), 'day').map((bar, at) => ({
    ...bar,
    counts:
      at % 7 > 4
        ? {}
        : {
            success: 90 + ((at * 37) % 60),
            intended: 20,
            refused: at % 9,
            failed: at % 5 === 0 ? 2 : 0,
            unknown: at % 11 === 0 ? 1 : 0,
          },
  })),
  actors: {
    isComplete: false,
    list: [
      {
        person: LONG_ACTOR.login,
        realActor: 'understudy',
        actionId: 'approve-and-notify-everybody-on-the-show',
        records: 4_321,
      },
      { person: 'artist', realActor: 'understudy', actionId: '', records: 12 },
    ],
  },
};

function log(kept: readonly AuditRecord[], intact: boolean): AuditLog {
  return {
    search: () => Promise.resolve({ records: kept.toReversed(), ...(kept.length > 0 ? { nextBeforeSeq: 1 } : {}) }),
    activity: () => Promise.resolve(kept.length === 0 ? NO_ACTIVITY : ACTIVITY),
    story: () =>
      Promise.resolve({ records: kept.slice(0, 7), isCut: true, takesBack: kept[3], takenBackBy: [kept[4]] }),
    read: (seq: number) => Promise.resolve(kept[seq - 2]),
    verify: () =>
      Promise.resolve(
        intact
          ? { intact, size: kept.length, head: kept.at(-1)?.hash ?? NO_HASH }
          : { intact, brokenAt: 41, reason: 'edited' },
      ),
  } as unknown as AuditLog;
}

const CHECKPOINT = {
  size: 12_000,
  head: 'a'.repeat(64),
  time: '2026-05-04T10:00:00.000Z',
  keyId: '0123456789abcdef',
  signature: '',
};

/** What the page of the log's check shows beside the log itself. */
export function besideOf(log: AuditLog): AuditBeside {
  return {
    sign: () => Promise.resolve(CHECKPOINT),
    checkpoint: () => Promise.resolve(CHECKPOINT),
    verify: async () => ({
      result: await log.verify(),
      newest: CHECKPOINT,
      checked: [CHECKPOINT, CHECKPOINT],
      unknown: 3,
    }),
    sinks: () =>
      Promise.resolve([
        {
          name: `file:/var/log/understudy/${'deep/'.repeat(12)}audit.ecs.jsonl`,
          forwardedUpTo: 12_345,
          behindBy: 0,
          trouble: undefined,
        },
        { name: 'url:0123456789abcdef', forwardedUpTo: 40, behindBy: 12_305, trouble: 'the answer was 503' },
      ]),
  };
}

export const LOGS: ReadonlyMap<string, AuditLog> = new Map([
  ['many', log(records, true)],
  ['empty', log([], false)],
]);

const finding = (kind: string, seq: number | undefined, eventIds: readonly number[]) => ({
  kind,
  time: new Date('2026-05-03T12:34:56Z'),
  seq,
  runId: 'run',
  eventIds,
  person: LONG_ACTOR.login,
  entity: { type: 'Version', id: 6933 },
  detail: 'Our script wrote as somebody, and no run in this log accounts for it.',
});

export const RECONCILIATION = {
  list: () => Promise.resolve([{ from: new Date('2026-05-03T00:00:00Z'), to: new Date('2026-05-04T00:00:00Z') }]),
  read: (span: { readonly from: Date; readonly to: Date }) =>
    Promise.resolve({
      ...span,
      position: new Date('2026-05-03T18:00:00Z'),
      isComplete: false,
      siteEvents: 12_345,
      clicks: 120,
      rows: 1_234,
      findings: [
        finding('write_unexplained', undefined, [2_017_315]),
        finding('done_not_on_site', 41, []),
        finding('click_unseen', undefined, [2_017_400, 2_017_401]),
        finding('unknown_done', 44, [2_017_500]),
      ],
      blind: ['What our script did as itself: "generate event log entries" is off for it.', 'x'.repeat(120)],
    }),
};

const WHERE = '3 Versions selected · Hyperspace Madness · All Versions';
const asked = {
  title: 'Approve',
  action: { title: 'Approve' },
  where: WHERE,
  popOut: '/pop-out/x?t=y',
  launchPath: '/launches/x',
};
const moved = {
  title: 'Approve',
  narrow: true,
  followPath: '/launches/x',
  mark: 'm',
  backHref: '/',
  total: 3,
  done: 1,
};
const popped = { title: 'Approve', narrow: true, action: { title: 'Approve' } };

/** Pages around ShotGrid's overlay, with templates and what they show; the names of those in it begin with `framed-`. */
export const OVERLAYS: readonly (readonly [string, string, { readonly title: string }])[] = [
  [
    'framed-sign-in',
    'overlay-sign-in',
    { ...asked, login: 'maximiliana.von-und-zu-hohenstein@animation.studio.example' },
  ],
  ['framed-sign-in-again', 'overlay-sign-in', { ...asked, login: 'artist', hasEnded: true, isOther: true }],
  ['framed-moved', 'overlay-moved', { ...moved, isOver: false }],
  ['framed-moved-running', 'overlay-moved', { ...moved, isOver: false, run: { title: 'Approve' }, settled: 1 }],
  ['framed-moved-over', 'overlay-moved', { ...moved, isOver: true, run: { title: 'Approve' }, settled: 3 }],
  ['framed-signed-out', 'overlay-signed-out', { title: 'Signed out', narrow: true }],
  ['pop-out', 'pop-out', { ...popped, state: 'waiting', person: 'Alma Ortiz', launchId: 'x', path: '/pop-out/x' }],
  ['pop-out-signed-in', 'pop-out', { ...popped, state: 'signed_in' }],
  ['pop-out-moved', 'pop-out', { ...popped, state: 'moved' }],
].map(([name, page, model]) => [name, page, model] as [string, string, { title: string }]);

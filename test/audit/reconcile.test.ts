import { describe, expect, it } from '@jest/globals';
import { CLICK_EVENT, reconcile, SLACK_MS } from '../../src/audit/reconcile.ts';
import type { OurClick, OurRow, TheirEvent } from '../../src/audit/reconcile.ts';

const SCRIPT = 298;
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 5, 10, minute));
const span = { from: at(0), to: at(60) };

const row = (more: Partial<OurRow> = {}): OurRow => ({
  seq: 7,
  runId: 'R1',
  personId: 24,
  login: 'artist',
  bySelf: false,
  kind: 'update',
  entityType: 'Version',
  id: 6933,
  fields: ['sg_status_list'],
  outcome: 'done',
  intendedAt: at(10),
  settledAt: at(11),
  ...more,
});
const event = (more: Partial<TheirEvent> = {}): TheirEvent => ({
  id: 100,
  time: at(10),
  type: 'Shotgun_Version_Change',
  attribute: 'sg_status_list',
  user: { type: 'HumanUser', id: 24, name: 'Alma Ortiz' },
  sessionUuid: undefined,
  actualUser: { type: 'ApiUser', id: SCRIPT },
  entity: { type: 'Version', id: 6933 },
  isEcho: false,
  amiPayload: undefined,
  ...more,
});
const click = (more: Partial<OurClick> = {}): OurClick => ({
  seq: 3,
  time: at(9),
  personId: 24,
  login: 'artist',
  sessionUuid: 'window-1',
  isLight: true,
  ...more,
});
const triggered = (more: Partial<TheirEvent> = {}): TheirEvent =>
  event({
    id: 90,
    time: at(9),
    type: CLICK_EVENT,
    attribute: undefined,
    actualUser: undefined,
    entity: undefined,
    sessionUuid: 'window-1',
    ...more,
  });

const found = (given: { clicks?: OurClick[]; rows?: OurRow[]; events?: TheirEvent[]; scriptId?: number | undefined }) =>
  reconcile({ clicks: [], rows: [], events: [], span, scriptId: SCRIPT, ...given }).map(
    ({ kind, seq, eventIds }) => [kind, seq, eventIds] as const,
  );

describe('our records and the event log', () => {
  it('agree when every write is there and every click was seen', () => {
    expect(found({ clicks: [click()], rows: [row()], events: [triggered(), event()] })).toEqual([]);
    expect(found({})).toEqual([]);
  });

  it.each([
    ['nobody wrote it', []],
    ['another field was written', [event({ attribute: 'description' })]],
    ['another row was written', [event({ entity: { type: 'Version', id: 1 } })]],
    ['another type was written', [event({ entity: { type: 'Shot', id: 6933 } })]],
    ['another person is named', [event({ user: { type: 'HumanUser', id: 25 } })]],
    ['a person wrote it without us', [event({ actualUser: undefined })]],
    ['another script wrote it', [event({ actualUser: { type: 'ApiUser', id: 1 } })]],
    ['it was written long before', [event({ time: new Date(at(10).getTime() - SLACK_MS - 1) })]],
    ['it was written long after', [event({ time: new Date(at(11).getTime() + SLACK_MS + 1) })]],
    ['it is only the other end of a link', [event({ isEcho: true })]],
  ])('differ over a row called done when %s', (_, events) => {
    expect(found({ rows: [row()], events }).filter(([kind]) => kind === 'done_not_on_site')).toEqual([
      ['done_not_on_site', 7, []],
    ]);
  });

  it('differ over a row of which one field is missing, and name both sides', () => {
    const [finding] = reconcile({
      clicks: [],
      rows: [row({ fields: ['sg_status_list', 'description'] })],
      events: [event()],
      span,
      scriptId: SCRIPT,
    });
    expect(finding).toMatchObject({ kind: 'done_not_on_site', seq: 7, runId: 'R1', eventIds: [100] });
    expect(finding?.detail).toContain('description');
  });

  it.each([
    ['create', '_New'],
    ['delete', '_Retirement'],
    ['revive', '_Revival'],
  ] as const)('agree over a %s by its own kind of event', (kind, ending) => {
    const written = event({ type: `Shotgun_Version${ending}`, attribute: undefined });
    expect(found({ rows: [row({ kind, fields: [] })], events: [written] })).toEqual([]);
    expect(found({ rows: [row({ kind, fields: [] })] })).toEqual([['done_not_on_site', 7, []]]);
  });

  it('agree over a new row whose number our log does not know', () => {
    const born = event({ type: 'Shotgun_Note_New', attribute: undefined, entity: { type: 'Note', id: 1 } });
    expect(found({ rows: [row({ kind: 'create', entityType: 'Note', id: undefined })], events: [born] })).toEqual([]);
  });

  it.each(['refused', 'failed'] as const)('differ over a row called %s that was written', (outcome) => {
    expect(found({ rows: [row({ outcome })], events: [event()] })).toEqual([['not_done_but_on_site', 7, [100]]]);
    expect(found({ rows: [row({ outcome })] })).toEqual([]);
  });

  it.each(['unknown', 'none'] as const)('settle what became of a row called %s', (outcome) => {
    expect(found({ rows: [row({ outcome })], events: [event()] })).toEqual([['unknown_done', 7, [100]]]);
    expect(found({ rows: [row({ outcome })] })).toEqual([['unknown_not_done', 7, []]]);
  });

  it.each(['already_so', 'not_done'] as const)('do not expect a row called %s in the event log', (outcome) => {
    expect(found({ rows: [row({ outcome })] })).toEqual([]);
    // And a write is not explained by it.
    expect(found({ rows: [row({ outcome })], events: [event()] })).toEqual([['write_unexplained', undefined, [100]]]);
  });

  it('differ over a write of our script that no run explains', () => {
    expect(found({ events: [event()] })).toEqual([['write_unexplained', undefined, [100]]]);
    expect(found({ rows: [row({ personId: 25 })], events: [event()] }).map(([kind]) => kind)).toContain(
      'write_unexplained',
    );
  });

  it('know that a write sets off others on the same row', () => {
    expect(found({ rows: [row()], events: [event(), event({ id: 101, attribute: 'sg_approved_by' })] })).toEqual([]);
  });

  it('agree over a row done by the person’s own session, which names no script', () => {
    const own = event({ actualUser: undefined });
    expect(found({ rows: [row({ bySelf: true })], events: [own] })).toEqual([]);
    expect(found({ rows: [row({ bySelf: true })] })).toEqual([['done_not_on_site', 7, []]]);
    expect(
      found({ rows: [row({ bySelf: true })], events: [event({ ...own, user: { type: 'HumanUser', id: 25 } })] }),
    ).toEqual([['done_not_on_site', 7, []]]);
  });

  it('differ over a row that was done the other way than our log says', () => {
    expect(found({ rows: [row({ bySelf: true })], events: [event()] })).toEqual([
      ['write_unexplained', undefined, [100]],
      ['done_not_on_site', 7, []],
    ]);
    expect(found({ rows: [row()], events: [event({ actualUser: undefined })] })).toEqual([['done_not_on_site', 7, []]]);
  });

  it('say nothing of writes by others, nor of what a birth fills in', () => {
    const others = [
      event({ actualUser: undefined }),
      event({ actualUser: { type: 'ApiUser', id: 1 } }),
      event({ actualUser: { type: 'HumanUser', id: SCRIPT } }),
      event({ isEcho: true }),
    ];
    expect(found({ events: others })).toEqual([]);
    expect(found({ events: [event()], scriptId: undefined })).toEqual([]);
  });

  it('differ over a click that ShotGrid saw and we did not', () => {
    expect(found({ events: [triggered()] })).toEqual([['click_unseen', undefined, [90]]]);
    expect(found({ clicks: [click({ sessionUuid: 'other' })], events: [triggered()] }).map(([kind]) => kind)).toEqual([
      'click_unseen',
      'click_not_on_site',
    ]);
  });

  it('match one click with one only, the nearest', () => {
    const clicks = [click({ seq: 3, time: at(9) }), click({ seq: 4, time: at(10) })];
    const events = [triggered({ id: 91, time: at(10) }), triggered({ id: 90, time: at(9) })];
    expect(found({ clicks, events })).toEqual([]);
    expect(found({ clicks, events: [events[0]!] })).toEqual([['click_not_on_site', 3, []]]);
  });

  it('match a click without a window by its person', () => {
    expect(found({ clicks: [click({ sessionUuid: undefined })], events: [triggered()] })).toEqual([]);
    const unknown = click({ sessionUuid: undefined, personId: undefined });
    expect(found({ clicks: [unknown], events: [triggered({ amiPayload: { user_login: 'artist' } })] })).toEqual([]);
  });

  it('do not expect a click of a full form in the event log', () => {
    expect(found({ clicks: [click({ isLight: false })] })).toEqual([]);
    expect(found({ clicks: [click()] })).toEqual([['click_not_on_site', 3, []]]);
  });

  it('are judged in their span only; what lies around it explains', () => {
    const before = at(-3);
    const after = at(62);
    expect(found({ rows: [row({ settledAt: after, intendedAt: after })], clicks: [click({ time: before })] })).toEqual(
      [],
    );
    expect(found({ events: [event({ time: after }), triggered({ time: before })] })).toEqual([]);
    expect(
      found({ rows: [row({ intendedAt: at(59), settledAt: at(59) })], events: [event({ time: at(61) })] }),
    ).toEqual([]);
    expect(found({ rows: [row({ intendedAt: before, settledAt: before })], events: [event({ time: at(0) })] })).toEqual(
      [],
    );
  });

  it('come out in order of time', () => {
    const kinds = found({
      clicks: [click({ time: at(40) })],
      rows: [row({ settledAt: at(20), intendedAt: at(20) })],
      events: [event({ time: at(50), entity: { type: 'Task', id: 1 } })],
    }).map(([kind]) => kind);
    expect(kinds).toEqual(['done_not_on_site', 'click_not_on_site', 'write_unexplained']);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { AuditedChange, AuditedRowOutcome, AuditEvent } from '../../src/audit/event.ts';
import { EVENT_TYPES } from '../../src/audit/event.ts';
import * as administration from '../../src/audit/events/administration.ts';
import * as approvals from '../../src/audit/events/approvals.ts';
import * as auditors from '../../src/audit/events/auditors.ts';
import * as clicks from '../../src/audit/events/clicks.ts';
import { ROWS_PER_RECORD } from '../../src/audit/events/compose.ts';
import * as menuItems from '../../src/audit/events/menu-items.ts';
import * as plans from '../../src/audit/events/plans.ts';
import * as refusals from '../../src/audit/events/refusals.ts';
import * as runs from '../../src/audit/events/runs.ts';
import * as signIn from '../../src/audit/events/sign-in.ts';

/** The whole vocabulary. */
const events = {
  ...administration,
  ...approvals,
  ...auditors,
  ...clicks,
  ...menuItems,
  ...plans,
  ...refusals,
  ...runs,
  ...signIn,
};

const context = {
  reference: 'K7Q2-9FMD',
  person: { login: 'artist', id: 12, proven: true },
  realActor: { type: 'ApiUser', name: 'understudy' },
  runId: 'run-1',
} as const;

function change(id: number, after = 'apr'): AuditedChange {
  const fields = [{ field: 'sg_status_list', before: 'rev', after }];
  return { kind: 'update', entityType: 'Version', id, name: `v${id}`, fields };
}

function outcome(position: number, word: AuditedRowOutcome['outcome']): AuditedRowOutcome {
  return { position, entityType: 'Version', id: position + 1, outcome: word };
}

const menuItem = { kind: 'create', action: 'approve', title: 'Approve', fields: [] } as const;

const rowsOf = (list: readonly AuditEvent[]) => list.flatMap((event) => event.details?.['rows'] as unknown[]);

describe('the changes of a run', () => {
  it.each([0, 1, 199, 200, 201, 1000])('are all recorded when there are %i, in order and in parts', (count) => {
    const changes = Array.from({ length: count }, (_, index) => change(index + 1));
    const recorded = events.changesIntended(context, changes);
    expect(recorded).toHaveLength(Math.max(1, Math.ceil(count / ROWS_PER_RECORD)));
    expect(rowsOf(recorded)).toEqual(changes.map((row, position) => ({ position, ...row })));
    expect(recorded.map((event) => event.details?.['part'])).toEqual(recorded.map((_, index) => index + 1));
    for (const event of recorded) {
      expect(event).toMatchObject({ type: 'changes.intended', outcome: 'intended', context });
      expect(event.details).toMatchObject({ parts: recorded.length, total: count });
    }
  });

  it('keep their old and new values whole, whatever their length', () => {
    const long = 'x'.repeat(2_000_000);
    const [event] = events.changesIntended(context, [change(1, long)]);
    expect(event?.details?.['rows']).toEqual([{ position: 0, ...change(1, long) }]);
  });

  it('have names that are capped, and say by how much', () => {
    const [event] = events.changesIntended(context, [{ ...change(1), name: 'n'.repeat(1_500) }]);
    const [row] = event?.details?.['rows'] as { name: string }[];
    expect(row?.name).toBe(`${'n'.repeat(1_000)}… (500 more characters)`);
  });

  it.each([
    [['done', 'already_so'], 'success'],
    [['done', 'refused'], 'refused'],
    [['refused', 'failed', 'done'], 'failed'],
    [['done', 'unknown', 'failed'], 'unknown'],
  ] as const)('that came out as %j are together a %s', (words, expected) => {
    const [event] = events.changesPerformed(
      context,
      words.map((word, index) => outcome(index, word)),
    );
    expect(event?.outcome).toBe(expected);
  });

  it('carry the reason and the id that ShotGrid gave a failure', () => {
    const failed = { ...outcome(0, 'failed'), detail: 'not allowed', siteErrorId: 'e1b2' };
    expect(rowsOf(events.changesPerformed(context, [failed]))).toEqual([failed]);
  });
});

describe('a click', () => {
  it('names every selected row, also a hundred thousand', () => {
    const selectedIds = Array.from({ length: 100_000 }, (_, index) => index + 1);
    const recorded = events.clickReceived(context, { entityType: 'Version', selectedIds, listed: 7, payload: 'full' });
    expect(recorded.flatMap((event) => event.details?.['ids'])).toEqual(selectedIds);
    expect(recorded[0]?.details).toMatchObject({ selected: 100_000, listed: 7, part: 1, parts: 50 });
  });

  it('that is refused cannot make a long record, whatever it claims', () => {
    const huge = 'A'.repeat(5_000_000);
    const event = events.clickRefused(
      { ...context, actionId: huge, person: { login: huge, proven: false } },
      { code: 'ami_malformed', reason: huge },
      { entityType: huge },
    );
    expect(JSON.stringify(event).length).toBeLessThan(6_000);
  });
});

describe('every event', () => {
  it('carries its context, a type of its own and an outcome', () => {
    const refusal = { code: 'launch_not_yours', reason: 'another browser' };
    const all: readonly AuditEvent[] = [
      ...events.clickReceived(context, { selectedIds: [1], listed: 1, payload: 'light' }),
      events.clickRefused(context, refusal),
      events.launchRefused(context, refusal),
      events.loginSucceeded(context, { roles: ['user'] }),
      events.loginFailed(context, refusal),
      events.loginHandedOver(context),
      events.launchMoved(context),
      events.loggedOut(context),
      events.sessionsEnded(context, { sessions: [{ browser: 'Firefox on Linux', signedInAt: 'a' }] }),
      events.backChannelLogout(context, { by: 'sid', people: ['artist'], sessions: 1, launches: 2, runs: 0 }),
      events.logoutRefused(context, refusal),
      events.identityRefused(context, refusal, { claimed: 'artist', proven: 'manager' }),
      events.sudoRefused(context, { ...refusal, siteErrorId: 'e1' }),
      events.roleRefused(context, { role: 'auditor', path: '/audit' }),
      events.csrfRefused(context, { path: '/launches/x/run' }),
      events.limitMet(context, { limit: 'clicks', per: 'address', refused: 900, seconds: 60 }),
      events.planMade(context, { digest: 'd', changes: 3, untouched: 1 }),
      events.planFailed(context, refusal),
      events.runConfirmed(context, { digest: 'd' }),
      events.runRefused(context, refusal),
      ...events.changesIntended(context, [change(1)]),
      ...events.changesPerformed(context, [outcome(0, 'done')]),
      events.runFinished(context, { counts: { done: 1, failed: 0 } }),
      events.auditSearched(context, { filter: { person: 'artist' }, found: 3 }),
      events.auditRecordRead(context, { seq: 3 }),
      events.proofGiven(context, { kind: 'assertion', audience: 'https://render.example', id: 'jti' }),
      events.handedOff(context),
      events.approvalAsked(context),
      events.approvalGiven(context),
      events.approvalRefused(context, { code: 'approval_other_person', approvedBy: 'stranger' }),
      events.approvalEnded(context, { code: 'site_session_ended' }),
      events.runCancelled(context, { runOf: 'artist' }),
      events.auditExportStarted(context, { format: 'csv', filter: {}, matching: 3 }),
      events.auditExported(context, { format: 'csv', filter: {}, records: 2, complete: false }),
      events.auditReconciled(context, { from: 'a', to: 'b', siteEvents: 9, findings: { click_unseen: 1 } }),
      events.auditVerified(context, { intact: false, brokenAt: 3, reason: 'edited' }),
      events.actionSwitched(context, { isOn: false, reason: 'The codes are being renamed.' }),
      events.readOnlySwitched(context, { isReadOnly: true, reason: 'Delivery' }),
      events.personExplained(context, { about: 'artist', from: 'person', verdict: 'sudo_flag_off' }),
      events.hostsAsked(context),
      events.hostsAnswered(context, { found: new Map([['tools.example:443', 'answers']]) }),
      events.inventoryExported(context, { format: 'csv', query: '', items: 20 }),
      events.examined(context, { asLogin: 'artist' }),
      events.adminRefused(context, refusal, { path: '/admin/read-only' }),
      events.auditArchived(context, { firstSeq: 1, lastSeq: 9, head: 'a'.repeat(64), fileSha256: 'b'.repeat(64) }),
      events.menuIntended(context, { act: 'apply', items: [menuItem] }),
      events.menuChanged(context, { act: 'prune', items: [{ ...menuItem, outcome: 'refused' }] }),
      events.menuTokenChanged(context, { step: 'both_accepted', items: [7, 8], until: '2026-05-02T00:00:00Z' }),
    ];
    expect(all.map((event) => event.type).sort()).toEqual([...EVENT_TYPES].sort());
    for (const event of all) {
      expect(event.context).toEqual(context);
      if (event.outcome === 'refused' && event.type !== 'menu.changed') expect(event.code).toMatch(/^[a-z_]+$/);
    }
  });

  it('does not follow a name like __proto__ into anything but itself', () => {
    const filter = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    const event = events.auditSearched(context, { filter, found: 0 });
    expect(JSON.stringify(event.details?.['filter'])).toBe('{"__proto__":"x"}');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

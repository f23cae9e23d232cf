import { describe, expect, it } from '@jest/globals';
import { ecsLine } from '../../src/audit/ecs.ts';
import { EVENT_TYPES } from '../../src/audit/event.ts';
import type { AuditOutcome } from '../../src/audit/event.ts';
import { clickRefused } from '../../src/audit/events/clicks.ts';
import { changesPerformed } from '../../src/audit/events/runs.ts';
import { loginSucceeded } from '../../src/audit/events/sign-in.ts';
import { hashRecord, NO_HASH, sealRecord } from '../../src/audit/record.ts';
import type { AuditEvent } from '../../src/audit/event.ts';

const ecs = (event: AuditEvent) => {
  const record = sealRecord(event, { seq: 6, hash: NO_HASH }, new Date('2026-01-02T03:04:05.678Z'));
  return { record, ecs: JSON.parse(ecsLine(record)) as Record<string, Record<string, unknown>> };
};
const context = {
  reference: 'K7Q2-9FMD',
  requestId: 'req-1',
  clientAddress: '192.0.2.7',
  person: { login: 'artist', id: 12, proven: true },
  realActor: { type: 'ApiUser', name: 'understudy' },
  subject: { issuer: 'https://idp.example', subject: 's-1' },
  actionId: 'approve',
  launchId: 'l',
  runId: 'r',
  project: { id: 7, name: 'Demo' },
  sessionUuid: 'u',
} as const;

describe('a record in ECS', () => {
  it('says who really acted and as whom, as for sudo', () => {
    expect(ecs(changesPerformed(context, [])[0]!).ecs).toMatchObject({
      '@timestamp': '2026-01-02T03:04:05.678Z',
      ecs: { version: '8.17.0' },
      event: { action: 'changes.performed', category: ['database'], type: ['change'], outcome: 'success', sequence: 7 },
      user: { name: 'understudy', effective: { name: 'artist', id: '12' } },
      related: { user: ['artist', 'understudy', 's-1'], ip: ['192.0.2.7'] },
      source: { ip: '192.0.2.7' },
      client: { ip: '192.0.2.7' },
      http: { request: { id: 'req-1' } },
      labels: {
        reference: 'K7Q2-9FMD',
        action_id: 'approve',
        launch_id: 'l',
        run_id: 'r',
        project_id: '7',
        project_name: 'Demo',
        session_uuid: 'u',
        person_proven: 'true',
        idp_subject: 's-1',
      },
    });
  });

  it('carries the sealed line, by which the chain can be checked at the collector', () => {
    const { record, ecs: line } = ecs(changesPerformed(context, [])[0]!);
    expect(hashRecord(NO_HASH, String(line['event']?.['original']))).toBe(line['event']?.['hash']);
    expect(line['event']).toMatchObject({ id: record.hash, original: record.line });
  });

  it('names a person who acted alone as the user', () => {
    expect(ecs(loginSucceeded({ ...context, realActor: undefined }, { roles: ['user'] })).ecs).toMatchObject({
      user: { name: 'artist' },
      event: { category: ['authentication'], type: ['start'], outcome: 'success' },
    });
  });

  it('names the person as the user, acting as nobody else, where their own session was used', () => {
    const own = { ...context, realActor: { type: 'HumanUser', name: 'artist' } } as const;
    const line = ecs(changesPerformed(own, [])[0]!).ecs;
    expect(line).toMatchObject({ user: { name: 'artist', id: '12' }, labels: { executor: 'self' } });
    expect(line['user']).not.toHaveProperty('effective');
    expect(ecs(changesPerformed(context, [])[0]!).ecs).toMatchObject({ labels: { executor: 'script' } });
  });

  it('calls a refusal a denied failure, with its code and reason', () => {
    const refused = clickRefused(context, { code: 'ami_stale', reason: 'too old' });
    expect(ecs(refused).ecs['event']).toMatchObject({
      type: ['access', 'denied'],
      outcome: 'failure',
      code: 'ami_stale',
      reason: 'too old',
    });
  });

  it('does not call something an address that is none', () => {
    const { ecs: line } = ecs(clickRefused({ clientAddress: 'localhost"}' }, { code: 'ami_stale' }));
    expect(line['client']).toEqual({ address: 'localhost"}' });
    expect(line).not.toHaveProperty('source');
  });

  it.each(EVENT_TYPES)('uses only words that ECS allows for %s', (type) => {
    for (const outcome of ['success', 'intended', 'refused', 'failed', 'unknown'] satisfies AuditOutcome[]) {
      const { event } = ecs({ type, outcome, context }).ecs;
      expect(['success', 'failure', 'unknown']).toContain(event?.['outcome']);
      for (const word of event?.['category'] as string[])
        expect(['api', 'authentication', 'configuration', 'database', 'iam', 'web']).toContain(word);
      for (const word of event?.['type'] as string[]) {
        expect(['access', 'change', 'denied', 'end', 'info', 'start']).toContain(word);
      }
    }
  });

  it('is one line, whatever it is about', () => {
    const record = sealRecord(
      clickRefused({ actionId: 'a\nb\u2028\0' }, { code: 'x' }),
      { seq: 0, hash: NO_HASH },
      new Date(0),
    );
    expect(ecsLine(record)).not.toContain('\n');
  });
});

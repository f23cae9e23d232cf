import { beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '../../src/database/open.ts';
import { createFormStore } from '../../src/session/form-store.ts';
import { createSealer } from '../../src/session/sealed.ts';
import { databases } from '../support/databases.ts';

const OLD = 'an old secret of thirty-two letters';
const NEW = 'a new secret of thirty-two characters';
const ALMA = { issuer: 'https://idp.example', subject: 'alma' };
const noon = new Date('2026-05-01T12:00:00Z');
const launch = { id: 'a-launch', expiresAt: new Date('2026-05-01T12:15:00Z') };

describe('sealed text', () => {
  it('opens with any known secret, for what it was sealed for, and not otherwise', () => {
    const sealed = createSealer([OLD], 'x').seal('a', 'hello');
    expect(createSealer([NEW, OLD], 'x').open('a', sealed)).toBe('hello');
    expect(createSealer([NEW], 'x').open('a', sealed)).toBeUndefined();
    expect(createSealer([OLD], 'y').open('a', sealed)).toBeUndefined();
    expect(createSealer([OLD], 'x').open('b', sealed)).toBeUndefined();
  });

  it('does not open when any byte of it changes', () => {
    const sealer = createSealer([OLD], 'x');
    const sealed = sealer.seal('a', 'hello');
    const [version = '', ...parts] = sealed.split('.');
    for (const [index, part] of parts.entries()) {
      const bytes = Buffer.from(part, 'base64url');
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        const others = parts.with(index, changed.toString('base64url'));
        expect(sealer.open('a', [version, ...others].join('.'))).toBeUndefined();
      }
    }
    for (const nonsense of ['', 'v1', 'v1...', 'v2.a.b.c', 'v1.AAAA.AAAA.AAAA']) {
      expect(sealer.open('a', nonsense)).toBeUndefined();
    }
  });

  it('is another text each time', () => {
    const sealer = createSealer([OLD], 'x');
    expect(sealer.seal('a', 'hello')).not.toBe(sealer.seal('a', 'hello'));
  });
});

describe.each(databases)('what was typed into a form, in $name', ({ open }) => {
  let database: Database;
  let now = noon;
  const store = (secrets = [OLD]) =>
    createFormStore<{ readonly note: string }>({ db: database.db, now: () => now, secrets });
  beforeEach(async () => {
    now = noon;
    database = await open();
  });

  it('is kept for its launch, unreadable in the database', async () => {
    await store().keep(launch, { note: 'hunter2' });
    await store([NEW, OLD]).keep({ ...launch, id: 'another' }, { note: 'other' });
    expect(await store([NEW, OLD]).find('a-launch')).toEqual({ note: 'hunter2' });
    const { rows } = await sql`select * from launch_forms`.execute(database.db);
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain('hunter2');
  });

  it('is replaced when it is typed again, and forgotten with the launch', async () => {
    await store().keep(launch, { note: 'a' });
    await store().keep(launch, { note: 'b' });
    expect(await store().find('a-launch')).toEqual({ note: 'b' });
    expect(await store().prune()).toBe(0);
    now = launch.expiresAt;
    expect(await store().prune()).toBe(1);
    expect(await store().find('a-launch')).toBeUndefined();
  });

  it('is as never kept once its secret is gone', async () => {
    await store().keep(launch, { note: 'a' });
    expect(await store([NEW]).find('a-launch')).toBeUndefined();
  });

  it('is remembered for the same person and action alone, and not for ever', async () => {
    await store().remember(ALMA, 'note', [['subject', ['Hello']]]);
    expect(await store().recall(ALMA, 'note')).toEqual([['subject', ['Hello']]]);
    expect(await store().recall(ALMA, 'approve')).toBeUndefined();
    expect(await store().recall({ ...ALMA, subject: 'marcus' }, 'note')).toBeUndefined();
    now = new Date('2026-08-01T12:00:00Z');
    expect(await store().prune()).toBe(1);
    expect(await store().recall(ALMA, 'note')).toBeUndefined();
  });
});

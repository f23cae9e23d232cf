import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { databases } from '../support/databases.ts';

describe.each(databases)('a database in $name', ({ open }) => {
  it('answers', async () => {
    const database = await open();
    await database.check();
    await database.db
      .$extendTables<{ sessions: { id: string; data: string; expires_at: string } }>()
      .insertInto('sessions')
      .values({ id: 'a', data: '{}', expires_at: '2026-01-01T00:00:00Z' })
      .execute();
    expect((await sql`select id from sessions`.execute(database.db)).rows).toEqual([{ id: 'a' }]);
  });
});

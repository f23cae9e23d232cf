/**
 * Which sessions in Redis are whose: a sorted set of session ids for each person, scored by when they expire, and for each session
 * at the identity provider the person it is of. Every key is alone in its command, so that a cluster may keep them anywhere.
 */
import type { SessionData } from 'express-session';
import type { Cluster, Redis } from 'ioredis';
import { personKey, type PersonKey } from './holder.ts';
import { ownerOf, providerSessionKey } from './owner.ts';
import type { KnownSession } from './store.ts';

export type RedisIndex = {
  /** A session was made, or is in use. */
  note(id: string, session: SessionData): Promise<void>;
  listOf(person: PersonKey): Promise<readonly KnownSession[]>;
  listOfProvider(issuer: string, sid: string): Promise<readonly KnownSession[]>;
};

export function createRedisIndex(deps: {
  readonly client: Redis | Cluster;
  /** `connect-redis` answers with nothing for a session that is gone. */
  readonly read: (id: string) => Promise<SessionData | null | undefined>;
  readonly maxAgeSeconds: number;
  readonly now: () => Date;
}): RedisIndex {
  const { client, now, maxAgeSeconds } = deps;
  const seconds = (): number => Math.floor(now().getTime() / 1000);

  async function list(person: string): Promise<readonly KnownSession[]> {
    const found = await client.zrange(keyOfPerson(person), seconds(), '+inf', 'BYSCORE', 'WITHSCORES');
    const sessions: KnownSession[] = [];
    for (let at = 0; at + 1 < found.length; at += 2) {
      const [id = '', score] = [found[at], Number(found[at + 1])];
      const data = await deps.read(id);
      // Ended before its time, or somebody else's by now.
      const owner = data && ownerOf(data);
      if (!data || !owner || personKey(owner) !== person) await client.zrem(keyOfPerson(person), id);
      else sessions.push({ id, data, lastUsedAt: new Date((score - maxAgeSeconds) * 1000) });
    }
    return sessions;
  }

  return {
    async note(id, session) {
      const owner = ownerOf(session);
      if (owner === undefined) return;
      const person = personKey(owner);
      const key = keyOfPerson(person);
      await Promise.all([
        client.zadd(key, seconds() + maxAgeSeconds, id),
        client.zremrangebyscore(key, '-inf', seconds()),
        client.expire(key, maxAgeSeconds),
        ...(owner.sid === undefined
          ? []
          : [client.set(keyOfProvider(owner.issuer, owner.sid), person, 'EX', maxAgeSeconds)]),
      ]);
    },
    listOf: (person) => list(personKey(person)),
    async listOfProvider(issuer, sid) {
      const person = await client.get(keyOfProvider(issuer, sid));
      if (person === null) return [];
      return (await list(person)).filter(({ data }) => ownerOf(data)?.sid === sid);
    },
  };
}

function keyOfPerson(person: string): string {
  return `understudy:sessions-of:${person}`;
}

function keyOfProvider(issuer: string, sid: string): string {
  return `understudy:provider-session:${providerSessionKey(issuer, sid)}`;
}

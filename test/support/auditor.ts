/** The auditor: finds records by what a page showed, and holds refusals to what every refusal owes. */
import { expect } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import type { Answer } from './answer.ts';
import { createPerson, type Person } from './person.ts';
import type { TestServer } from './server.ts';

export type FoundRecord = {
  readonly seq: number;
  readonly type: string;
  readonly outcome: string;
  readonly code?: string;
  readonly reference?: string;
  readonly person?: { readonly login: string; readonly id?: number; readonly proven: boolean };
  readonly realActor?: { readonly type: string; readonly name: string };
  readonly runId?: string;
  readonly launchId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
};

export type Auditor = {
  readonly person: Person;
  /** Signs in, for when the provider will be away later. */
  visitOnce(): Promise<void>;
  /** Newest first. */
  records(filter: Readonly<Record<string, string>>): Promise<readonly FoundRecord[]>;
  /** The whole log's check. */
  verify(): Promise<{ readonly intact: boolean; readonly size?: number }>;
  /**
   * Expects that `attempt` is refused in this way, that it changed nothing on the site, and that the reference it shows
   * finds its record. Answers with both.
   */
  refusal(
    expected: { readonly code: string; readonly status: number; readonly type?: string },
    attempt: () => Promise<Answer>,
  ): Promise<{ readonly answer: Answer; readonly record: FoundRecord }>;
};

type Snapshot = ReturnType<TestServer['studio']['site']['snapshot']>;

/** As `toEqual`, which takes its time over hundreds of rows: only for what differs. */
export function expectUnchanged(after: Snapshot, before: Snapshot): void {
  if (!isDeepStrictEqual(after, before)) expect(after).toEqual(before);
}

export function createAuditor(server: TestServer): Auditor {
  const person = createPerson(server, 'auditor');
  const { site } = server.studio;

  async function read(path: string): Promise<unknown> {
    const answer = await person.json(path);
    if (answer.status === 200) return answer.json;
    await person.visit(path);
    return (await person.json(path)).json;
  }

  const auditor: Auditor = {
    person,
    async visitOnce() {
      await read('/audit');
    },
    async records(filter) {
      const query = new URLSearchParams(filter).toString();
      return ((await read(`/audit?${query}`)) as { readonly records: readonly FoundRecord[] }).records;
    },
    verify: async () => (await read('/audit/verify')) as { readonly intact: boolean; readonly size?: number },
    async refusal({ code, status, type }, attempt) {
      const before = site.snapshot();
      const answer = await attempt();
      expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
      expectUnchanged(site.snapshot(), before);
      const [record, ...more] = await auditor.records({ reference: answer.reference ?? 'none shown' });
      expect(more).toEqual([]);
      expect(record).toMatchObject({ code, outcome: expect.stringMatching(/^(refused|failed)$/) });
      if (type !== undefined) expect(record?.type).toBe(type);
      return { answer, record: record! };
    },
  };
  return auditor;
}

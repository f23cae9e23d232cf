/** A studio and a running server for the doctor to look at, with whatever is to be wrong with them. */
import { statfs } from 'node:fs/promises';
import { inspectConfig } from '../../src/config/inspect.ts';
import { openDatabase } from '../../src/database/open.ts';
import { createDoctor, type DoctorDeps, type Questions } from '../../src/doctor/doctor.ts';
import type { CheckResult, Report } from '../../src/doctor/report.ts';
import { newSecret } from '../../infra/studio/start.ts';
import type { TestServer } from '../support/server.ts';

export type Wrong = {
  /** Variables that are set otherwise; undefined: not at all. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly questions?: Questions;
  readonly deps?: Partial<DoctorDeps>;
};

export type Patient = {
  readonly environment: Readonly<Record<string, string>>;
  /** The report on this server with this wrong. */
  examine(wrong?: Wrong): Promise<Report>;
  /** The findings that are other than those of the server with nothing wrong, by id. */
  differences(
    wrong: Wrong,
  ): Promise<Readonly<Record<string, Pick<CheckResult, 'level' | 'saw' | 'remedy' | 'details'>>>>;
};

/** Looks once at the server as it is: that is the healthy state which everything else is compared with. */
export async function createPatient(server: TestServer): Promise<Patient> {
  const environment = {
    ...server.studio.environment,
    PUBLIC_URL: server.url,
    SESSION_SECRETS: newSecret(),
    DATABASE_URL: server.databaseUrl,
  };
  async function examine({ env = {}, questions = {}, deps = {} }: Wrong = {}): Promise<Report> {
    const inspected = inspectConfig({ ...environment, ...env }, () => {
      throw new Error('there are no files here');
    });
    const examineIt = createDoctor({
      inspected,
      now: () => new Date(),
      openDatabase: () => openDatabase(inspected.secrets.databaseUrl, { migrate: false }),
      freeBytes: async (folder) => {
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize;
      },
      ...deps,
    });
    return examineIt(questions);
  }
  const healthy = new Map((await examine()).checks.map((check) => [check.id, saying(check)]));
  return {
    environment,
    examine,
    async differences(wrong) {
      const { checks } = await examine(wrong);
      const changed = checks.filter((check) => {
        const before = healthy.get(check.id);
        const isBad = check.level === 'warning' || check.level === 'failure';
        return before?.level !== check.level || (isBad && before.saw !== check.saw);
      });
      return Object.fromEntries(changed.map((check) => [check.id, saying(check)]));
    },
  };
}

function saying({
  level,
  saw,
  remedy,
  details,
}: CheckResult): Pick<CheckResult, 'level' | 'saw' | 'remedy' | 'details'> {
  return { level, saw, remedy, details };
}

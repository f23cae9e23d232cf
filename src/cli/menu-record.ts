/** The audit log, as far as it can be reached from where the command runs. Who types is not proven here, and is not called so. */
import type { AuditContext, AuditEvent } from '../audit/event.ts';
import { createAuditLog, type AuditLog } from '../audit/log.ts';
import type { Database } from '../database/open.ts';
import { describeFailure } from './audit-failure.ts';
import type { MenuCommandDeps } from './menu-deps.ts';

export type MenuRecorder = {
  /** Seals the event, or says once that it cannot be. */
  record(make: (context: AuditContext) => AuditEvent, actionId?: string): Promise<void>;
  close(): Promise<void>;
};

/** @param claimed - What whoever types says their name is. */
export async function openRecorder(
  deps: MenuCommandDeps,
  scriptName: string,
  claimed: string | undefined,
): Promise<MenuRecorder> {
  let database: Database | undefined;
  let log: AuditLog | undefined;
  let isSilent = false;
  const giveUp = (error: unknown): void => {
    if (!isSilent) deps.printError(`not recorded in the audit log: ${describeFailure(error).message}`);
    isSilent = true;
  };
  try {
    // A reader makes no file where there is no log; only then is it opened for writing.
    await (await deps.openDatabase()).close();
    database = await deps.openDatabase({ writable: true });
    log = createAuditLog({ database, now: deps.now });
  } catch (error) {
    giveUp(error);
  }
  return {
    async record(make, actionId) {
      if (isSilent) return;
      try {
        await log?.append(
          make({
            ...(claimed === undefined ? {} : { person: { login: claimed, proven: false } }),
            realActor: { type: 'ApiUser', name: scriptName },
            actionId,
          }),
        );
      } catch (error) {
        giveUp(error);
      }
    },
    async close() {
      await log?.close();
      await database?.close();
    },
  };
}

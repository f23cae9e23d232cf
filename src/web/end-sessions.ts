/** The ways out of this server other than the sign-out button: in one place, so that none of them leaves anything behind. */
import type { Recorder } from './recorder.ts';
import type { AmiPayload } from '../ami/payload.ts';
import type { LogoutToken } from '../login/logout-token.ts';
import type { CancelRun } from '../runs/cancel.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { FormStore } from '../session/form-store.ts';
import type { LaunchStore } from '../session/launches.ts';
import { personKey, type PersonKey } from '../session/holder.ts';
import { ownerOf } from '../session/owner.ts';
import type { KnownSession, SessionStore } from '../session/store.ts';
import type { KeptForm } from './launch-forms.ts';

export type EndSessionsDeps = {
  readonly sessions: Pick<SessionStore, 'listOf' | 'listOfProvider' | 'end'>;
  readonly launches: Pick<LaunchStore<AmiPayload>, 'drop'>;
  readonly formStore: Pick<FormStore<KeptForm>, 'forget'>;
  readonly runs: Pick<RunStore, 'running'>;
  readonly cancelRun: CancelRun;
  /** What becomes of a run in progress when the provider signs its person out. */
  readonly logoutRuns: 'finish' | 'stop';
};

/** What a logout at the provider ended here; `people` are logins. */
export type Ended = Parameters<Recorder['backChannelLogout']>[1];

export type EndSessions = (
  token: Pick<LogoutToken, 'issuer' | 'subject' | 'sid'>,
  request: { readonly reference: string; readonly clientAddress: string | undefined },
) => Promise<Ended>;

/** Doing it again ends what was left: a logout that failed half-way may be sent once more. */
export function createEndSessions(deps: EndSessionsDeps): EndSessions {
  return async function endSessions(token, request) {
    const ending = await sessionsOf(deps.sessions, token);
    for (const { id } of ending) await deps.sessions.end(id);

    const people = new Map<string, PersonKey>();
    const named = token.subject === undefined ? [] : [{ issuer: token.issuer, subject: token.subject }];
    for (const person of [...named, ...ending.flatMap(({ data }) => ownerOf(data) ?? [])]) {
      people.set(personKey(person), { issuer: person.issuer, subject: person.subject });
    }
    let launches = 0;
    for (const key of people.keys()) {
      const dropped = await deps.launches.drop(key);
      for (const launchId of dropped) await deps.formStore.forget(launchId);
      launches += dropped.length;
    }
    const runs = deps.logoutRuns === 'stop' ? await stopRuns(deps, people, request) : 0;
    const logins = new Set(ending.flatMap(({ data }) => loginOf(data.identity) ?? []));
    return {
      by: token.sid === undefined ? 'subject' : 'sid',
      people: [...logins],
      sessions: ending.length,
      launches,
      runs,
    };
  };
}

/** A token that names a session at the provider means that one; else all of the person's. */
async function sessionsOf(
  sessions: EndSessionsDeps['sessions'],
  { issuer, subject, sid }: Pick<LogoutToken, 'issuer' | 'subject' | 'sid'>,
): Promise<readonly KnownSession[]> {
  const own = subject === undefined ? [] : await sessions.listOf({ issuer, subject });
  if (sid === undefined) return own;
  const found = subject === undefined ? await sessions.listOfProvider(issuer, sid) : own;
  // A session of the person that does not say where it came from may be the one.
  return found.filter(({ data }) => [undefined, sid].includes(ownerOf(data)?.sid));
}

async function stopRuns(
  deps: EndSessionsDeps,
  people: ReadonlyMap<string, PersonKey>,
  request: Parameters<EndSessions>[1],
): Promise<number> {
  let stopped = 0;
  for (const run of await deps.runs.running()) {
    if (!people.has(personKey(run.actor))) continue;
    const identity = { ...run.actor, roles: [] };
    if (await deps.cancelRun(run, identity, request, 'logout')) stopped += 1;
  }
  return stopped;
}

function loginOf(identity: unknown): string | undefined {
  if (typeof identity !== 'object' || identity === null || !('login' in identity)) return undefined;
  return typeof identity.login === 'string' ? identity.login : undefined;
}

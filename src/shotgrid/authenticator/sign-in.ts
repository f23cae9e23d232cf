/** The ways to open a session that need no page of ours: by password, and by the person's approval in their browser. */
import type { SelfOnlySite } from '../client.ts';
import { AppSessionsOffError } from '../app-session-errors.ts';
import { AuthenticationCancelledError, AuthenticationError, IncompleteCredentialsError } from './errors.ts';
import { isSameLogin } from './host.ts';
import type { Session } from './session-user.ts';

export type PasswordSignIn = {
  readonly login: string;
  readonly password: string;
  /** Asked when the person has two-factor authentication; undefined or empty gives up. */
  readonly oneTimeCode?: (() => Promise<string | undefined>) | undefined;
};

/** @throws {@link AuthenticationError}, {@link IncompleteCredentialsError} when a code is needed and nobody can be asked. */
export async function signInByPassword(
  site: Pick<SelfOnlySite, 'passwordSession'>,
  { login, password, oneTimeCode }: PasswordSignIn,
): Promise<Session> {
  let answer = await site.passwordSession({ login, password });
  if (answer.is === 'code_needed') {
    if (oneTimeCode === undefined) {
      throw new IncompleteCredentialsError('one_time_code_missing', 'This person needs a one-time code too.');
    }
    const code = (await oneTimeCode())?.trim() ?? '';
    if (code === '') throw new AuthenticationCancelledError();
    answer = await site.passwordSession({ login, password, oneTimeCode: code });
    if (answer.is === 'refused') {
      throw new AuthenticationError(
        'refused',
        'ShotGrid does not accept this one-time code. Each is good once: wait for the next.',
      );
    }
  }
  switch (answer.is) {
    case 'opened':
      return { sessionToken: answer.sessionToken };
    case 'no_passwords':
      throw new AuthenticationError('passwords_not_accepted', NO_PASSWORDS[answer.because]);
    case 'refused':
    case 'code_needed':
      throw new AuthenticationError('refused', 'ShotGrid does not accept this login and password.');
  }
}

const NO_PASSWORDS = {
  sso: 'This ShotGrid site signs people in at an identity provider and takes no passwords. Sign in with the browser.',
  identity:
    'This ShotGrid site signs people in with Autodesk Identity. Sign in with the browser, or give a personal access token that is bound to the ShotGrid account instead of the password.',
} as const;

export type ApprovalSignIn = {
  /** Who asks, as the person reads it on the site's page. */
  readonly appName: string;
  readonly machineId: string;
  /** Shows the person where to approve. */
  readonly show: (url: string) => Promise<void> | void;
  /** Who has to approve; anybody when undefined. */
  readonly login?: string | undefined;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Default 180, as the toolkit waits. */
  readonly patienceSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

const POLL_MS = 2_000;
const PATIENCE_SECONDS = 180;

/** @throws {@link AuthenticationError} `approval_not_offered`, `approval_refused`, `not_this_person` */
export async function signInByApproval(
  site: Pick<SelfOnlySite, 'appSessions'>,
  { appName, machineId, show, login, now, sleep, patienceSeconds = PATIENCE_SECONDS, signal }: ApprovalSignIn,
): Promise<Session & { readonly login: string }> {
  const { appSessions } = site;
  const { id, url } = await appSessions.request({ appName, machineId }, { signal }).catch((error: unknown) => {
    if (!(error instanceof AppSessionsOffError)) throw error;
    throw new AuthenticationError(
      'approval_not_offered',
      'This ShotGrid site does not let people approve programs in the browser.',
    );
  });
  const deadline = now().getTime() + patienceSeconds * 1000;
  await show(url);
  while (now().getTime() < deadline) {
    await sleep(POLL_MS, signal);
    const answer = await appSessions.poll(id, { signal });
    if (answer.is === 'gone') break;
    if (answer.is !== 'approved') continue;
    if (login !== undefined && !isSameLogin(answer.login, login)) {
      throw new AuthenticationError('not_this_person', `Somebody else than "${login}" approved this in the browser.`);
    }
    return { sessionToken: answer.sessionToken, login: answer.login };
  }
  throw new AuthenticationError('approval_refused', 'This was denied in the browser, or not approved in time.');
}

/** A person handed to a worker, for the one action that asks for it: recorded first, sealed with the key that the workers share, good for minutes. */
import type { LentToken, PlanContext } from '../actions/definition.ts';
import { sealLentToken } from '../shotgrid/authenticator/sealed-user.ts';

export type HandOff = (request: {
  readonly login: string;
  /** An access token of this person, made for this and used for nothing else. */
  readonly lend: () => Promise<LentToken>;
  /** No record, no hand-off: what it throws is thrown on. */
  readonly record: () => Promise<void>;
}) => ReturnType<NonNullable<PlanContext['handOff']>>;

/** @returns Undefined where the server has no key: then nobody is handed to anybody. */
export function createHandOff(deps: {
  readonly key: string | undefined;
  readonly siteUrl: string;
  readonly now: () => Date;
}): HandOff | undefined {
  const { key, siteUrl, now } = deps;
  if (key === undefined) return undefined;
  return async function handOff({ login, lend, record }) {
    await record();
    const { accessToken, lifetimeSeconds } = await lend();
    const expiresAt = new Date(now().getTime() + lifetimeSeconds * 1000);
    // Without our proxy, which may carry a password: the worker has a way of its own.
    const lent = { host: siteUrl, httpProxy: undefined, login, accessToken };
    return { sealed: await sealLentToken(lent, { key, expiresInSeconds: lifetimeSeconds, now }), expiresAt };
  };
}

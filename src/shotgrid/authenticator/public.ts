/**
 * `understudy/authenticator`: sessions of people and scripts for TypeScript programs, shared with the Flow Production Tracking Toolkit.
 *
 * @example Who is signed in to the desktop application, or a clear error:
 * ```ts
 * import { createAuthenticator, DefaultsManager, thisMachine } from 'understudy/authenticator';
 *
 * const authenticator = createAuthenticator({ defaults: new DefaultsManager(thisMachine()) });
 * const user = await authenticator.getUser();
 * const shots = await user.connection().search('Shot', { filters: [['sg_status_list', 'is', 'ip']], fields: ['code'] });
 * await authenticator.close();
 * ```
 */
export {
  createAuthenticator,
  type Authenticator,
  type AuthenticatorOptions,
  type Prompt,
  type SignedIn,
  type SignInQuestion,
} from './authenticator.ts';
export { DefaultsManager, type UserCredentials } from './defaults-manager.ts';
export {
  AuthenticationCancelledError,
  AuthenticationError,
  AuthenticatorError,
  CredentialsFileError,
  IncompleteCredentialsError,
} from './errors.ts';
export type { LentUser } from './lent-user.ts';
export type { Machine } from './places.ts';
export { sealUser } from './sealed-user.ts';
export { serializeUser } from './serialized.ts';
export { signInByApproval, signInByPassword } from './sign-in.ts';
export { thisMachine } from './this-machine.ts';
export type { ScriptUser, SessionUser, User } from './users.ts';

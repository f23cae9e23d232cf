/** How people of the demo sign in: at the identity provider or, as in a studio that has none, with their password on the site. */
import type { StudioOptions } from './start.ts';

export type SignInMode = {
  readonly studio?: Pick<StudioOptions, 'signIn'>;
  /** Of the server; an empty text unsets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** More lines for the welcome. */
  readonly hints?: readonly string[];
};

/** The provider runs all the same; nobody is sent there. */
export function passwordMode(): SignInMode {
  const codes = ['111111', '222222', '333333', '444444', '555555', '666666', '777777', '888888', '999999'];
  return {
    studio: { signIn: { twoFactorCodes: { manager: codes } } },
    environment: {
      LEGACY_LOGIN: 'on',
      OIDC_ISSUER_URL: '',
      OIDC_CLIENT_ID: '',
      OIDC_CLIENT_SECRET: '',
      ADMIN_GROUPS: 'shotgrid-group:Admin',
      AUDITOR_GROUPS: 'shotgrid-login:auditor',
    },
    hints: [
      'People sign in with their ShotGrid password: no identity provider is asked.',
      `manager has a second factor; codes, each once: ${codes[0] ?? ''}, ${codes[1] ?? ''}, ${codes[2] ?? ''} …`,
    ],
  };
}

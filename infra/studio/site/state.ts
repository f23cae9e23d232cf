/** What one running site knows; everything else here is a function of it. */
import type { CallLog } from './call-log.ts';
import type { FaultList } from './faults.ts';
import type { Launcher } from './launcher.ts';
import type { Sessions } from './sessions.ts';
import type { Store } from './store.ts';

/** How `user_authentication_method` reads: `oxygen` (Autodesk Identity) refuses passwords. */
export type AuthenticationMethod = 'default' | 'saml2' | 'oxygen';

export type Settings = {
  readonly scriptName: string;
  readonly scriptKey: string;
  readonly projectName: string;
  readonly tokenLifetimeSeconds: number;
  readonly authenticationMethod: AuthenticationMethod;
  readonly launcherEnabled: boolean;
  /** `choose`: a browser picks who it is, as the demo's short cut. `password`: as on a real site. */
  readonly webSignIn: 'choose' | 'password';
  /** One-time codes that each login needs with its password, in order; nobody needs one unless named here. */
  readonly twoFactorCodes: ReadonlyMap<string, readonly string[]>;
  /** Of people whose password is not their login. */
  readonly passwords: ReadonlyMap<string, string>;
  /** Initial "Admins Can Perform Actions As" of people who are admins and not named otherwise. */
  readonly adminFlagDefault: boolean;
};

export type SiteState = {
  readonly settings: Settings;
  readonly now: () => Date;
  readonly store: Store;
  readonly jwtSecret: string;
  /** `host:port`, known once the site listens. */
  host: string;
  /** Multiplies the measured latencies; 0 answers at once. */
  latencyFactor: number;
  /** The newest click of anybody, for scripts that want to play it again. */
  lastClick: Readonly<Record<string, string>> | undefined;
  /** Who needs a one-time code, and those that are still good, in order. */
  readonly twoFactor: Map<string, readonly string[]>;
  readonly faults: FaultList;
  readonly calls: CallLog;
  readonly sessions: Sessions;
  readonly launcher: Launcher;
};

/** What the site says of itself to anybody. ShotGrid REST: `GET /api/v1`, no token. */
import { API_ROOT, unreadable, type CallOptions } from './api.ts';
import type { Caller } from './calls.ts';
import { faultError } from './faults.ts';
import { isRecord, own, ownPath, parseJson } from './json.ts';
import { safeText } from './site-text.ts';

export type SiteInfo = {
  /** e.g. `v8.89.0.9724 (build 47ec49f)`. */
  readonly version: string;
  readonly apiVersion: string;
  /** `default`, `ldap`, `saml2`, `oxygen`; empty when the site does not say. */
  readonly userAuthenticationMethod: string;
  readonly unifiedLoginFlowEnabled: boolean;
  /** Whether people may approve a session in the browser. */
  readonly appSessionLauncherEnabled: boolean;
};

/** @throws ShotgridUnavailableError also when whatever answers is no ShotGrid site. */
export async function readSiteInfo(
  call: Caller,
  options: CallOptions & { readonly maxAttempts?: number } = {},
): Promise<SiteInfo> {
  const answer = await call({
    operation: 'info',
    kind: 'read',
    method: 'GET',
    path: API_ROOT,
    headers: { accept: 'application/json' },
    ...options,
  });
  if (answer.status !== 200) throw faultError(answer.status, answer.text, []);
  const data = ownPath(parseJson(answer.text), 'data');
  if (!isRecord(data) || typeof own(data, 'shotgun_version') !== 'string') throw unreadable('read');
  const text = (key: string): string => {
    const value = own(data, key);
    return typeof value === 'string' ? safeText(value) : '';
  };
  return {
    version: text('shotgun_version'),
    apiVersion: text('api_version'),
    userAuthenticationMethod: text('user_authentication_method'),
    unifiedLoginFlowEnabled: own(data, 'unified_login_flow_enabled') === true,
    appSessionLauncherEnabled: own(data, 'authentication_app_session_launcher_enabled') === true,
  };
}

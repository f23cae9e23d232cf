/**
 * Lets a test make the provider sign ID tokens that are wrong in one way, as a provider with a wrong clock or a wrong
 * setting would: the real token is made first, then changed and signed again with the provider's own key.
 */
import { createPrivateKey, sign, type JsonWebKey } from 'node:crypto';
import type { Provider } from 'oidc-provider';

export type TokenClaims = Record<string, unknown>;
export type BendClaims = (claims: TokenClaims) => TokenClaims;

/** @param signingKey - Private RSA key (JWK) that the provider signs with. */
export function installTokenBender(provider: Provider, signingKey: JsonWebKey, current: () => BendClaims): void {
  const key = createPrivateKey({ key: signingKey, format: 'jwk' });
  const prototype = provider.IdToken.prototype;
  const issue = Object.getOwnPropertyDescriptor(prototype, 'issue')?.value as typeof prototype.issue;
  prototype.issue = async function issueBent(context) {
    const token = await issue.call(this, context);
    if (context.use !== 'idtoken') return token;
    const [header = '', payload = ''] = token.split('.');
    const claims = current()(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as TokenClaims);
    const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  };
}

/** Any claims at all under the provider's own signature. */
export function signToken(signingKey: JsonWebKey, header: TokenClaims, claims: TokenClaims): string {
  const key = createPrivateKey({ key: signingKey, format: 'jwk' });
  const encode = (part: TokenClaims): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode({ alg: 'RS256', kid: signingKey['kid'], ...header })}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

/** Claims as a provider would write them whose clock is `seconds` ahead (negative: behind). */
export function shiftTimes(claims: TokenClaims, seconds: number): TokenClaims {
  const shifted = { ...claims };
  for (const name of ['iat', 'exp', 'nbf', 'auth_time']) {
    if (typeof shifted[name] === 'number') shifted[name] += seconds;
  }
  return shifted;
}

/**
 * Token exchange (RFC 8693) at the provider: a client that holds a person's token gets one for another service of the
 * studio, in that person's name. Issued tokens are JWTs, signed like ID tokens.
 */
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { errors, type Provider } from 'oidc-provider';

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const LIFE_SECONDS = 120;
const PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'audience',
  'resource',
  'scope',
] as const;

type ExchangeParams = Partial<Record<(typeof PARAMETERS)[number], string>>;

/**
 * @param deps.signingKey - Private RSA key (JWK) that ID tokens are signed with.
 * @param deps.services - Names (`audience`) or addresses (`resource`) of the services that tokens are issued for.
 */
export function offerTokenExchange(
  provider: Provider,
  deps: { readonly issuer: string; readonly signingKey: JsonWebKey; readonly services: readonly string[] },
): void {
  const publicKey = createPublicKey({ key: deps.signingKey, format: 'jwk' });

  provider.registerGrantType<ExchangeParams>(
    TOKEN_EXCHANGE,
    async function exchange(context) {
      const { client, params } = context.oidc;
      const service = params.audience ?? params.resource;
      if (service === undefined || !deps.services.includes(service)) {
        throw new errors.InvalidTarget('this provider issues no tokens for that service');
      }
      if (params.requested_token_type !== undefined && params.requested_token_type !== ACCESS_TOKEN) {
        throw new errors.InvalidRequest('only access tokens are issued');
      }
      const subject = await subjectOf(params, client.clientId);
      if (subject === undefined) throw new errors.InvalidGrant('subject_token is not valid');

      const token = new provider.AccessToken({
        client,
        accountId: subject.accountId,
        grantId: subject.grantId,
        gty: 'token_exchange',
      });
      token.resourceServer = new provider.ResourceServer(service, {
        audience: service,
        scope: '',
        accessTokenFormat: 'jwt',
        accessTokenTTL: LIFE_SECONDS,
        jwt: { sign: { alg: 'RS256' } },
      });
      context.body = {
        access_token: await token.save(),
        issued_token_type: ACCESS_TOKEN,
        token_type: 'Bearer',
        expires_in: LIFE_SECONDS,
      };
    },
    PARAMETERS,
  );

  async function subjectOf(
    { subject_token: token, subject_token_type: type }: ExchangeParams,
    clientId: string,
  ): Promise<{ readonly accountId: string; readonly grantId: string } | undefined> {
    if (token === undefined) return undefined;
    if (type === ID_TOKEN) {
      const accountId = subjectOfIdToken(token, clientId);
      return accountId === undefined ? undefined : { accountId, grantId: '' };
    }
    if (type !== ACCESS_TOKEN) return undefined;
    const found = await provider.AccessToken.find(token);
    // Issued to somebody else means found in somebody else's pocket.
    if (found?.clientId !== clientId) return undefined;
    return { accountId: found.accountId, grantId: found.grantId };
  }

  function subjectOfIdToken(token: string, clientId: string): string | undefined {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const isOurs = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (!isOurs) return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
    const isValid =
      claims['iss'] === deps.issuer && claims['aud'] === clientId && Number(claims['exp']) > Date.now() / 1000;
    return isValid && typeof claims['sub'] === 'string' ? claims['sub'] : undefined;
  }
}

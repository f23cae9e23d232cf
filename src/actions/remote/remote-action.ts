/** What the key `remote` makes of an action file, beside what every kind has; and what the server must be set up with for it. */
import type { ActionDefinition } from '../definition.ts';
import { planRemotely } from './plan-remotely.ts';
import type { AskingAction } from './question.ts';
import { proofWishOf, type RemoteSettings } from './remote-file.ts';

type RemoteParts = Pick<ActionDefinition, 'kind' | 'remote' | 'proof' | 'plan'>;

export function remoteParts(settings: RemoteSettings, action: AskingAction): RemoteParts {
  return {
    kind: 'remote',
    remote: { origin: new URL(settings.url).origin, secretVariable: settings.secret },
    proof: proofWishOf(settings),
    plan: planRemotely(settings, action),
  };
}

/**
 * What is missing for an action's service to be asked, or told who the person is: better found at the start than at a click.
 *
 * @param known.secretVariables - Names of the variables that are set.
 * @param known.offersTokenExchange - Whether tokens of the identity provider can be exchanged.
 */
export function serviceProblems(known: {
  readonly origins: { includes(origin: string): boolean };
  readonly secretVariables: { readonly has: (name: string) => boolean };
  readonly offersTokenExchange: boolean;
}): (action: ActionDefinition) => readonly string[] {
  return ({ remote, proof }) => {
    const problems: string[] = [];
    if (remote !== undefined && !known.origins.includes(remote.origin)) {
      problems.push(`remote.url: ${remote.origin} is not listed in REMOTE_ORIGINS`);
    }
    if (remote !== undefined && !known.secretVariables.has(remote.secretVariable)) {
      problems.push(`remote.secret: the variable ${remote.secretVariable} is not set`);
    }
    if (proof?.kind === 'access_token' && !known.offersTokenExchange) {
      problems.push('asks for an access token of another service, and OIDC_TOKEN_EXCHANGE is off');
    }
    return problems;
  };
}

/** Which secret tokens sign the clicks of an action: the common list, or the one that its file names. */
import type { ActionDefinition } from '../actions/definition.ts';
import type { Secrets } from '../config/config.ts';

/** The tokens of an action, newest first. */
export function createSecretTokensOf(secrets: Secrets): (action: ActionDefinition) => readonly string[] {
  return function secretTokensOf({ secretTokensVariable }) {
    if (secretTokensVariable === undefined) return secrets.amiSecretTokens;
    return secrets.amiSecretTokensByName.get(secretTokensVariable) ?? [];
  };
}

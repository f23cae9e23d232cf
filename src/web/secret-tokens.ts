/** Which secret tokens sign the clicks of an action: the common list, or the one that its file names. */
import type { ActionDefinition } from '../actions/definition.ts';
import { ActionFilesError } from '../actions/errors.ts';
import type { Secrets } from '../config/config.ts';

/** The tokens of an action, newest first. */
export function createSecretTokensOf(secrets: Secrets): (action: ActionDefinition) => readonly string[] {
  return function secretTokensOf({ secretTokensVariable }) {
    if (secretTokensVariable === undefined) return secrets.amiSecretTokens;
    return secrets.amiSecretTokensByName.get(secretTokensVariable) ?? [];
  };
}

/** An action whose tokens are not there would refuse every click: better not to start. */
export function checkSecretTokens(actions: readonly ActionDefinition[], secrets: Secrets): void {
  const problems = actions.flatMap(({ id, secretTokensVariable: name }) =>
    name === undefined || secrets.amiSecretTokensByName.has(name) ? [] : [`${id}: the variable ${name} is not set`],
  );
  if (problems.length > 0) throw new ActionFilesError(problems);
}

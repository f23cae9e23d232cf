/** Which secret tokens sign the clicks of an action: those that were made for it, and the list in the environment. */
import type { ActionDefinition } from '../actions/definition.ts';
import { AmiSignatureError } from '../ami/errors.ts';
import type { Config, Secrets } from '../config/config.ts';
import { acceptedTokens } from '../menu/tokens.ts';
import { createReadTokens } from '../menu/tokens-file.ts';
import { said } from '../texts/said.ts';

export type SecretTokensOf = (action: ActionDefinition) => Promise<readonly string[]>;

/**
 * The tokens of an action, newest first, never none: those of the tokens file as it is now, then the common list or the one that
 * the action's file names.
 *
 * @throws TokensUnavailableError when there is a tokens file that cannot be read or trusted.
 * @throws AmiSignatureError when this server has no token for the action, so that no signature can be right.
 */
export function createSecretTokensOf(
  { ami: { tokensFile } }: Config,
  secrets: Secrets,
  now: () => Date,
): SecretTokensOf {
  const readTokens = tokensFile === undefined ? undefined : createReadTokens(tokensFile);
  return async function secretTokensOf({ id, secretTokensVariable: name }) {
    const made = readTokens === undefined ? [] : acceptedTokens(await readTokens(), id, now());
    const listed = name === undefined ? secrets.amiSecretTokens : (secrets.amiSecretTokensByName.get(name) ?? []);
    const tokens = [...made, ...listed];
    if (tokens.length === 0) throw new AmiSignatureError(said('explanation.formNoToken'));
    return tokens;
  };
}

/** Questions to whoever sits at the terminal. */
import type { Readable, Writable } from 'node:stream';
import { AuthenticationCancelledError } from '../shotgrid/authenticator/errors.ts';
import type { LoginDeps } from './login-deps.ts';

export function createTerminal(input: Readable, output: Writable): NonNullable<LoginDeps['terminal']> {
  const context = { input, output };
  return {
    async ask(message, suggested) {
      const { input: question } = await import('@inquirer/prompts');
      const config = { message, required: true, ...(suggested === undefined ? {} : { default: suggested }) };
      return question(config, context).catch(givenUp);
    },
    async askSecret(message) {
      const { password: question } = await import('@inquirer/prompts');
      return question({ message, mask: false }, context).catch(givenUp);
    },
  };
}

function givenUp(error: unknown): never {
  if (error instanceof Error && error.name === 'ExitPromptError') throw new AuthenticationCancelledError();
  throw error;
}

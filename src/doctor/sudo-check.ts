/** Whether acting as somebody really works, by the only proof there is: doing it, as far as having a token. */
import { SudoClaimMismatchError } from '../shotgrid/person-errors.ts';
import type { Look } from './look.ts';
import { failure, ok, skipped, type Check } from './report.ts';
import { scriptCheck } from './site-check.ts';

export function sudoCheck(look: Look, login: string | undefined): Check {
  return scriptCheck(look, {
    id: 'sudo',
    title: 'Acting as a person',
    async run(signal) {
      if (login === undefined) {
        return skipped(
          'Not tried: nobody was named to be acted for.',
          'Name somebody who agreed (--as LOGIN on the command line).',
        );
      }
      try {
        // The token is not used before its own claim names the person.
        const person = look.site().asPerson({ login });
        await person.search('HumanUser', { filters: [['login', 'is', login]], fields: ['login'], limit: 1, signal });
        return ok(`ShotGrid gave a token for "${login}", and its own claim names that login.`);
      } catch (error) {
        if (!(error instanceof SudoClaimMismatchError)) throw error;
        return failure(
          `ShotGrid gave a token that does not name "${login}": it did not honour the request to act as them. No click can be performed.`,
          'See that nothing between this server and the site changes requests, and ask the vendor whether the site supports sudo_as_login.',
        );
      }
    },
  });
}

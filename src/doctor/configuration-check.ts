/** What is wrong with the environment. Names variables, never their values. */
import type { Look } from './look.ts';
import { failure, ok, warning, type Check } from './report.ts';

export function configurationCheck({ inspected }: Pick<Look, 'inspected'>): Check {
  return {
    id: 'configuration',
    title: 'Configuration',
    run: () => {
      const { problems, effectless } = inspected;
      if (problems.length > 0) {
        return Promise.resolve(
          failure(
            `The server would not start: ${count(problems.length, 'problem')}.`,
            'Mend each of these variables; "understudy check --example" says what each is for.',
            problems,
          ),
        );
      }
      if (effectless.length > 0) {
        return Promise.resolve(
          warning(
            `${count(effectless.length, 'variable')} that no part of the server reads.`,
            'Correct the name, or take it out if it is meant for another program.',
            effectless,
          ),
        );
      }
      return Promise.resolve(ok('Every variable is usable.'));
    },
  };
}

/** `1 problem`, `2 problems`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

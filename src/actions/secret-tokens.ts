/** An action may name the variable that holds its menu item's secret tokens: it has to be there. Pure. */
import type { ActionDefinition } from './definition.ts';

/**
 * What is missing for an action to accept any click at all.
 *
 * @param known - Names of the variables that are set.
 */
export function secretTokenProblems(known: {
  readonly has: (name: string) => boolean;
}): (action: ActionDefinition) => readonly string[] {
  return ({ secretTokensVariable: name }) =>
    name === undefined || known.has(name) ? [] : [`the variable ${name} is not set`];
}

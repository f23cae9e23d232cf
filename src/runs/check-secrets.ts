/** A plan is shown, kept and recorded: nothing that was typed into a secret field may be in it. Pure. */
import type { FormField, FormValues } from '../actions/form.ts';
import type { Plan } from '../actions/plan.ts';
import { PlanOutsideDeclarationError } from './errors.ts';

/** Shorter texts are in every plan by accident. */
const SHORTEST = 4;

/**
 * Looks for the texts as they are; what an action makes of them (a hash, a coding) is its own affair.
 *
 * @throws {@link PlanOutsideDeclarationError}
 */
export function verifyNoSecrets(plan: Plan, fields: readonly FormField[], values: FormValues): void {
  const secrets = fields
    .filter(({ secret }) => secret)
    .map(({ name }) => values[name])
    .filter((value) => typeof value === 'string')
    .filter((value) => value.length >= SHORTEST);
  if (secrets.length === 0) return;
  const text = JSON.stringify(plan);
  // As it stands inside of JSON text, without the quotes around it.
  if (secrets.some((secret) => text.includes(JSON.stringify(secret).slice(1, -1)))) {
    throw new PlanOutsideDeclarationError('it would show what was typed into a secret field');
  }
}

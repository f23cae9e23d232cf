/** What an administrator has switched off, as the person is told who meets it. */
import { ServiceError } from '../errors.ts';
import { said, type SaidValues } from '../texts/said.ts';
import type { Hold } from './hold.ts';

/** The action is switched off: its clicks are not taken and its plans not performed. */
export class ActionOffError extends ServiceError {
  override readonly name = 'ActionOffError';
  readonly code = 'action_off';
  readonly status = 403;
  constructor(title: string, hold: Hold) {
    super(
      said('explanation.actionOff', { action: title, ...valuesOf(hold) }),
      said('remedy.actionOff', { name: hold.by.name }),
    );
  }
}

/** Nothing may be changed for now: previews are shown, confirmations are not taken. */
export class ReadOnlyError extends ServiceError {
  override readonly name = 'ReadOnlyError';
  readonly code = 'read_only';
  readonly status = 403;
  constructor(hold: Hold) {
    super(said('explanation.readOnly', valuesOf(hold)), said('remedy.readOnly', { name: hold.by.name }));
  }
}

/** It cannot be told what is switched off, so nothing that depends on it is done. */
export class SwitchesUnavailableError extends ServiceError {
  override readonly name = 'SwitchesUnavailableError';
  readonly code = 'store_unavailable';
  readonly status = 503;
  constructor(options?: ErrorOptions) {
    super(said('explanation.databaseNoAnswer'), said('remedy.databaseUnavailable'), options);
  }
}

/** Who, when in UTC, and why. */
function valuesOf({ by, since, reason }: Hold): SaidValues {
  const [day = '', time = ''] = since.toISOString().slice(0, 16).split('T');
  return { name: by.name, day, time, reason };
}

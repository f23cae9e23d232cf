/** What an administrator has switched off, as the person is told who meets it. */
import { ServiceError } from '../errors.ts';
import type { Hold } from './hold.ts';

/** The action is switched off: its clicks are not taken and its plans not performed. */
export class ActionOffError extends ServiceError {
  override readonly name = 'ActionOffError';
  readonly code = 'action_off';
  readonly status = 403;
  readonly remedy: string;
  constructor(title: string, hold: Hold) {
    super(`“${title}” was switched off by ${tell(hold)}`);
    this.remedy = `Try again when it is on; ${hold.by.name} or another administrator of this server can tell you when.`;
  }
}

/** Nothing may be changed for now: previews are shown, confirmations are not taken. */
export class ReadOnlyError extends ServiceError {
  override readonly name = 'ReadOnlyError';
  readonly code = 'read_only';
  readonly status = 403;
  readonly remedy: string;
  constructor(hold: Hold) {
    super(`Nothing can be changed at the moment: this server was made read-only by ${tell(hold)}`);
    this.remedy = `Previews are shown as ever. Confirm again when changes are allowed; ${hold.by.name} or another administrator of this server can tell you when.`;
  }
}

/** It cannot be told what is switched off, so nothing that depends on it is done. */
export class SwitchesUnavailableError extends ServiceError {
  override readonly name = 'SwitchesUnavailableError';
  readonly code = 'store_unavailable';
  readonly status = 503;
  readonly remedy =
    'Nothing was changed. Try again in a minute; if it stays, tell whoever runs this server that its database does not answer.';
  constructor(options?: ErrorOptions) {
    super('The database does not answer.', options);
  }
}

/** `Ruth Calder on 2026-05-01 at 12:00 UTC: “The codes are being renamed.”` */
function tell({ by, since, reason }: Hold): string {
  const [day, time] = since.toISOString().slice(0, 16).split('T');
  return `${by.name} on ${day} at ${time} UTC: “${reason}”`;
}

/** What each kind of event means, in one sentence: for pages, and for whoever reads an export. */
import type { EventType } from './event.ts';

export const EVENT_MEANINGS: Readonly<Record<EventType, string>> = {
  'click.received': 'A signed click became a launch; all selected rows are named.',
  'click.refused':
    'A click was not accepted: signature, age, replay, wrong site, malformed, too large, unknown action.',
  'launch.refused': 'A launch was opened by somebody, or somewhere, it does not belong to, or too late.',
  'login.succeeded': 'The identity provider named a person.',
  'login.failed': 'A sign-in did not lead to a person.',
  logout: 'A person signed out.',
  'identity.refused': 'Click, identity provider and ShotGrid do not agree on who this is.',
  'sudo.refused': 'The person may not be acted for: the flag, the status, the policy, or ShotGrid says so.',
  'role.refused': 'Somebody asked for a page that their groups do not open.',
  'csrf.refused': 'A form came without this browser’s token, or from another site.',
  'plan.made': 'A preview was made: what would change. ShotGrid is asked afterwards what of it is allowed.',
  'plan.failed': 'An action could not say what it would change.',
  'proof.given': 'Another service was told who the person is, in their own name and for one action.',
  'run.confirmed': 'The person confirmed exactly the plan that was shown.',
  'run.refused': 'A confirmation was not acted on.',
  'changes.intended': 'What a run is about to write; durable before the first write.',
  'changes.performed': 'What became of some of a run’s rows, said as soon as it was known.',
  'run.cancelled': 'A person stopped a run; what was not yet written stays as it was.',
  'run.finished': 'A run came to its end.',
  'audit.searched': 'An auditor looked for records.',
  'audit.record_read': 'An auditor opened one record.',
  'audit.verified': 'Somebody had the chain checked.',
  'audit.archived': 'Old records were moved to a file that the chain still covers.',
  'audit.export_started': 'An auditor began to take records away.',
  'audit.exported': 'An export ended: how many records left, and whether it was cut off.',
  'audit.reconciled': 'The log was compared with ShotGrid’s own event log.',
};

/** English: the doctor’s page. What it found, and what to do, comes with its report. */
export const doctor = {
  title: 'Doctor',
  lead: 'Looks at the whole set-up: configuration, clocks, certificates, identity provider, ShotGrid, people, menu items, database and log. It changes nothing, and takes up to ten seconds.',
  asLogin: 'Somebody who agreed to be acted for (login; may stay empty)',
  look: 'Look now',
  lookAgain: 'Look again',
  withLogin:
    'With a login the doctor asks ShotGrid for a token as that person, reads whom it names, and does nothing with it.',
  allWell: 'All is well.',
  wantsLook: 'It works; something wants a look.',
  isBroken: 'Something is broken.',
  lookedAt: 'Looked at <time datetime="{time}">{timeText}</time>, in {seconds, number, ::.0} s.',
  findings: 'Findings, the worst first',
  check: 'Check',
  finding: 'Finding',
  /** How a check ended. */
  ok: 'ok',
  warning: 'warning',
  failure: 'failure',
  skipped: 'skipped',
  /** Opens the list of what a finding counts. */
  named: '{count, number} named',
  more: 'and {count, number} more',
} as const;

/** A check that asks the site: what its not answering means is told once, and the other checks then say only that they could not ask. */
import type { VariableName } from '../config/variables.ts';
import { ShotgridUnavailableError, type UnavailableReason } from '../shotgrid/errors.ts';
import { checkWith, type Look } from './look.ts';
import { failure, skipped, type Check, type Finding } from './report.ts';

const SITE: readonly VariableName[] = ['SHOTGRID_URL', 'SHOTGRID_PROXY'];
const SCRIPT: readonly VariableName[] = [...SITE, 'SHOTGRID_SCRIPT_NAME', 'SHOTGRID_SCRIPT_KEY'];

type Asking = Pick<Check, 'id' | 'title'> & { readonly run: (signal: AbortSignal) => Finding | Promise<Finding> };

/** Whether the site is there at all, without the script: the check whose finding says why not. */
export function siteItself(look: Look, check: Asking): Check {
  return checkWith(look, SITE, { ...check, run: (signal) => orWhyNot(check.run(signal)) });
}

/** A question that needs the script's key. */
export function scriptCheck(look: Look, check: Asking, more: readonly VariableName[] = []): Check {
  return checkWith(look, [...SCRIPT, ...more], {
    ...check,
    async run(signal) {
      try {
        return await check.run(signal);
      } catch (error) {
        if (!(error instanceof ShotgridUnavailableError)) throw error;
        if (error.reason === 'script_refused') return skipped('Not looked at: the site does not take the script key.');
        // Only where the site answers others is this a finding of its own.
        const isThere = await look.siteInfo().then(
          () => true,
          () => false,
        );
        return isThere ? whyNot(error) : skipped('Not looked at: the site does not answer.');
      }
    },
  });
}

async function orWhyNot(finding: Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await finding;
  } catch (error) {
    if (!(error instanceof ShotgridUnavailableError)) throw error;
    return whyNot(error);
  }
}

function whyNot({ message, reason, failure: word }: ShotgridUnavailableError): Finding {
  return failure(word === undefined ? message : `${message.replace(/\.$/, '')} (${word}).`, REMEDIES[reason]);
}

const REACH =
  'See that SHOTGRID_URL is right and that this machine may reach it, through SHOTGRID_PROXY if there is one.';
const LATER = 'Look again in a minute; if it lasts, see the vendor’s status page or ask the vendor.';

/** For those who run the server; what the error itself says is for those who click. */
const REMEDIES: Readonly<Record<UnavailableReason, string>> = {
  unreachable: REACH,
  timed_out: REACH,
  busy: LATER,
  rate_limited: LATER,
  site_error: LATER,
  unreadable: 'See that SHOTGRID_URL is a ShotGrid site, and that no proxy answers in its place.',
  blocked:
    'The site may take API calls from listed addresses only: add the address of this server, in Site Preferences.',
  script_refused: 'See the finding about the script key.',
  closed: LATER,
};

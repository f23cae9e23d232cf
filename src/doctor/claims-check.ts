/** Which claim of the identity provider names the logins of the site. A wrong one refuses everybody, and only at the click. */
import { recentLogins } from '../audit/recent-logins.ts';
import type { AuditTables } from '../audit/tables.ts';
import type { Look } from './look.ts';
import { activePeople, foldedLogin } from './people-checks.ts';
import { failure, ok, skipped, warning, type Check, type Finding } from './report.ts';
import { scriptCheck } from './site-check.ts';

type Claims = Readonly<Record<string, unknown>>;

const MOST_SIGN_INS = 200;

export function claimsCheck(look: Look, claims: readonly Claims[] | undefined): Check {
  const check = {
    id: 'idp_claims',
    title: 'Login claim',
    async run(signal: AbortSignal) {
      const people = await activePeople(look.site().asScript(), signal);
      const logins = new Set(people.map(({ fields }) => foldedLogin(fields['login'])).filter((login) => login !== ''));
      return claims === undefined ? judgeSignIns(look, logins) : judgeClaims(claims, logins, look.config.oidc);
    },
  };
  return scriptCheck(look, check, ['OIDC_LOGIN_CLAIM']);
}

/** What has been: every login that the provider gave us lately should be somebody's. */
async function judgeSignIns(look: Look, logins: ReadonlySet<string>): Promise<Finding> {
  const database = look.inspected.unusable.has('DATABASE_URL') ? undefined : await look.database();
  const named =
    database === undefined ? [] : await recentLogins(database.db.$extendTables<AuditTables>(), MOST_SIGN_INS);
  const remedy =
    'Compare the spelling of these logins with ShotGrid’s; try other claims with --claims FILE, where FILE holds the claims of an ID token as JSON.';
  if (named.length === 0) {
    return skipped('Nobody has signed in yet.', 'Give the claims of an ID token, as JSON, with --claims FILE.');
  }
  const strangers = named.filter((login) => !logins.has(foldedLogin(login)));
  const saw = `Of ${named.length} who signed in lately, ${named.length - strangers.length} have an active login of the site`;
  if (strangers.length === named.length) return failure(`${saw}: everybody is refused.`, remedy, strangers);
  return strangers.length === 0 ? ok(`${saw}.`) : warning(`${saw}.`, remedy, strangers);
}

type Rule = { readonly claim: string; readonly stripDomain: boolean };

/** What could be: every claim that is a text, as it is and without its domain. */
function judgeClaims(
  samples: readonly Claims[],
  logins: ReadonlySet<string>,
  { loginClaim, loginStripDomain }: { readonly loginClaim: string; readonly loginStripDomain: boolean },
): Finding {
  const names = [...new Set([loginClaim, ...samples.flatMap((claims) => Object.keys(claims))])];
  const rules = names.flatMap((claim) => [false, true].map((stripDomain): Rule => ({ claim, stripDomain })));
  const matches = (rule: Rule): number =>
    samples.filter((claims) => logins.has(foldedLogin(valueOf(claims, rule)))).length;
  const found = rules
    .map((rule) => ({ rule, hits: matches(rule) }))
    // Where it makes no difference, taking the domain off is no rule of its own.
    .filter(({ rule, hits }) => !rule.stripDomain || hits > matches({ ...rule, stripDomain: false }))
    .sort((a, b) => b.hits - a.hits);
  const configured = { claim: loginClaim, stripDomain: loginStripDomain };
  const hits = matches(configured);
  const tries = found
    .filter((one) => one.hits > 0)
    .map((one) => `${inWords(one.rule)}: ${one.hits} of ${samples.length}`);
  const saw = `${inWords(configured)} names an active login of the site in ${hits} of ${samples.length} samples`;
  const best = found[0];
  if (best !== undefined && best.hits > hits) {
    const { claim, stripDomain } = best.rule;
    return failure(
      `${saw}; ${inWords(best.rule)} in ${best.hits}.`,
      `Set OIDC_LOGIN_CLAIM=${claim} and OIDC_LOGIN_STRIP_DOMAIN=${stripDomain}${stripDomain ? ', if the provider serves a single domain' : ''}.`,
      tries,
    );
  }
  if (hits === samples.length && hits > 0) return ok(`${saw}.`, tries);
  return (hits === 0 ? failure : warning)(
    `${saw}, and no other claim does better.`,
    'Have the provider send the ShotGrid login in a claim, and name that in OIDC_LOGIN_CLAIM; or see whether these people have accounts on the site.',
    tries,
  );
}

function valueOf(claims: Claims, { claim, stripDomain }: Rule): string | undefined {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (typeof value !== 'string') return undefined;
  const [local = '', , ...rest] = value.split('@');
  if (!stripDomain) return value;
  return rest.length > 0 ? undefined : local;
}

function inWords({ claim, stripDomain }: Rule): string {
  return stripDomain ? `${claim} without its domain` : claim;
}

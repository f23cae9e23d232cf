/**
 * Names in the environment that were meant for us and miss: `SHOTGIRD_URL`, `OIDC_CLIENTID`. A setting that is misspelt
 * has no effect, and a rule that has no effect is no rule. Pure; looks at names, never at values.
 */
import { distance } from 'fastest-levenshtein';
import { didYouMean } from '../spelling.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type OwnNames = {
  readonly all: readonly string[];
  /** Names that follow a pattern. */
  readonly isOwn: (name: string) => boolean;
};

/** What begins like this is ours or nobody's: further from the right name than a slip of the finger still counts. */
const FAMILIES = /^(?:SHOTGRID|OIDC|AMI|AUDIT)_/i;
/** Short names such as HOME and HOST are near each other by accident. */
const SHORTEST = 8;
const SLIPS = 2;

/** A sentence for each variable that is set, means nothing, and is near to one that is not set. */
export function misspelt(env: Environment, names: OwnNames): readonly string[] {
  return strangers(env, names).flatMap((name) => {
    const base = name.replace(/_FILE$/i, '');
    if (base !== name && names.all.includes(base)) return [`${name}: only a secret may be in a file; set ${base}`];
    const meant = hintFor(name, env, names);
    return meant === '' ? [] : [`${name}: is no variable of this server${meant}`];
  });
}

/** Those that begin like ours, mean nothing and are near to nothing. */
export function effectless(env: Environment, names: OwnNames): readonly string[] {
  const told = misspelt(env, names);
  return strangers(env, names).filter(
    (name) => FAMILIES.test(name) && !told.some((problem) => problem.startsWith(`${name}:`)),
  );
}

function hintFor(name: string, env: Environment, names: OwnNames): string {
  // A neighbour that is set is spelled right somewhere: then this one is something else.
  const free = names.all.filter((one) => !isSet(env, one) && !isSet(env, `${one}_FILE`));
  const near = FAMILIES.test(name)
    ? free
    : free.filter((one) => one.length >= SHORTEST && distance(name.toUpperCase(), one) <= SLIPS);
  return didYouMean(name.toUpperCase(), near);
}

function strangers(env: Environment, names: OwnNames): readonly string[] {
  return Object.keys(env).filter((name) => isSet(env, name) && !names.all.includes(name) && !names.isOwn(name));
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== '';
}

/** The configuration as far as it can be used: for looking at everything at once, where a server would not start. */
import { ConfigError, parseConfig } from './config.ts';
import { effectlessNames, VARIABLES } from './variables.ts';
import type { Config, Environment, Secrets } from './config.ts';
import { MEANINGS } from './meanings.ts';

export type InspectedConfig = {
  /** What is not usable is the default here, or a stand-in that must not be acted upon. */
  readonly config: Config;
  readonly secrets: Secrets;
  /** As a {@link ConfigError} tells them. */
  readonly problems: readonly string[];
  /** Names that look like ours and have no effect. */
  readonly effectless: readonly string[];
  /** Names of the variables that `problems` are about. */
  readonly unusable: ReadonlySet<string>;
};

/** Never throws for what is wrong with the configuration. Parameters as of {@link parseConfig}. */
export function inspectConfig(env: Environment, readFile: (path: string) => string): InspectedConfig {
  const problems: string[] = [];
  const unusable = new Set<string>();
  let usable = env;
  // What needs the whole configuration is told only once its parts are good, so a second look may find more.
  for (;;) {
    try {
      return { ...parseConfig(usable, readFile), problems, effectless: effectlessNames(env), unusable };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const bad = error.problems.flatMap((problem) => /^\w+/.exec(problem)?.[0] ?? []).flatMap(withoutFile);
      if (bad.every((name) => unusable.has(name))) throw error;
      problems.push(...error.problems);
      for (const name of bad) unusable.add(name);
      usable = without(usable, bad);
    }
  }
}

/** A problem may be told of the file that a secret is in. */
function withoutFile(name: string): readonly string[] {
  const secret = VARIABLES.find((one) => one.isSecret && `${one.name}_FILE` === name);
  if (secret !== undefined) return [secret.name];
  return /^(?:AMI_SECRET_TOKENS|REMOTE_SECRET)_\w+_FILE$/.test(name) ? [name.replace(/_FILE$/, '')] : [name];
}

function without(env: Environment, names: readonly string[]): Environment {
  const rest: Record<string, string | undefined> = { ...env };
  for (const name of names) {
    rest[name] = undefined;
    rest[`${name}_FILE`] = undefined;
    const variable = VARIABLES.find((one) => one.name === name);
    if (variable?.isRequired === true) rest[name] = MEANINGS[variable.name].example ?? 'unusable'.repeat(4);
  }
  return rest;
}

/** What a newcomer, or a script, has to know of a running studio; written to `.demo/facts.json`. */
import type { IdpPerson } from './idp/people.ts';

export type Facts = {
  /** Understudy itself, as browsers see it. */
  readonly server: string;
  readonly site: string;
  readonly idp: string;
  readonly amiSecretToken: string;
  readonly scriptName: string;
  readonly scriptKey: string;
  readonly people: readonly FactsPerson[];
  /** Groups of the provider that make an admin, and an auditor, of Understudy. */
  readonly adminGroups: readonly string[];
  readonly auditorGroups: readonly string[];
};

export type FactsPerson = Pick<IdpPerson, 'login' | 'name' | 'email' | 'groups' | 'about'> & {
  readonly password: string;
};

/** The password of a demo person is the login. */
export function factsPerson({ login, name, email, groups, about }: IdpPerson): FactsPerson {
  return { login, password: login, name, email, groups, about };
}

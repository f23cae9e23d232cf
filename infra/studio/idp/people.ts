/** The demo people as the identity provider knows them; the password of each is the login. */

export type IdpPerson = {
  /** The provider's own id of the person: stable, and on purpose not the login. */
  readonly subject: string;
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** Whom one plays by signing in as this person; shown on the sign-in page. */
  readonly about: string;
};

export const ADMIN_GROUP = 'understudy-admins';
export const AUDITOR_GROUP = 'auditors';

export const DEMO_PEOPLE: readonly IdpPerson[] = [
  person('artist', 'Alma Ortiz', ['artists'], 'may change statuses and notes, not delete'),
  person('manager', 'Marcus Lind', ['production'], 'may change everything in the project'),
  person('admin.flag-on', 'Nadia Kerr', ['production', ADMIN_GROUP], 'admin who may be acted for'),
  person('admin.flag-off', 'Otto Brandt', ['production', ADMIN_GROUP], 'admin who may not be acted for'),
  person('artist.flag-off', 'Felix Moreau', ['artists'], 'artist who may not be acted for'),
  person('inactive', 'Ivy Chen', ['artists'], 'disabled in ShotGrid'),
  person('retired', 'Rey Vance', ['artists'], 'deleted from ShotGrid'),
  person('auditor', 'Ruth Calder', [AUDITOR_GROUP], 'reads the audit log'),
  person('stranger', 'Sam Okafor', ['visitors'], 'has no ShotGrid user'),
];

function person(login: string, name: string, groups: readonly string[], about: string): IdpPerson {
  return { subject: `person-${login}`, login, name, email: `${login}@studio.example`, groups, about };
}

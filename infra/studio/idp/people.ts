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
  person('artist', 'Mina Park', ['artists'], 'may change statuses and notes, not delete'),
  person('manager', 'Jonas Weber', ['production'], 'may change everything in the project'),
  person('admin.flag-on', 'Ama Boateng', ['production', ADMIN_GROUP], 'admin who may be acted for'),
  person('admin.flag-off', 'Lars Nygaard', ['production', ADMIN_GROUP], 'admin who may not be acted for'),
  person('artist.flag-off', 'Noor Haddad', ['artists'], 'artist who may not be acted for'),
  person('inactive', 'Ines Duarte', ['artists'], 'disabled in ShotGrid'),
  person('retired', 'Theo Marsh', ['artists'], 'deleted from ShotGrid'),
  person('auditor', 'Rosa Klein', [AUDITOR_GROUP], 'reads the audit log'),
  person('stranger', 'Sam Okafor', ['visitors'], 'has no ShotGrid user'),
];

function person(login: string, name: string, groups: readonly string[], about: string): IdpPerson {
  return { subject: `person-${login}`, login, name, email: `${login}@studio.example`, groups, about };
}

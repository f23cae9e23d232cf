/** The demo people: login (also their password), name, permission set, and whether a script may act as them. */
export type DemoPerson = {
  readonly id: number;
  readonly login: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly permissionSet: 'admin' | 'manager' | 'artist';
  /** "Admins Can Perform Actions As". */
  readonly flag: boolean;
  readonly active: boolean;
  readonly retired?: boolean;
};

const person = { permissionSet: 'artist', flag: true, active: true } as const;

export const DEMO_PEOPLE: readonly DemoPerson[] = [
  { ...person, id: 24, login: 'artist', firstname: 'Alma', lastname: 'Ortiz' },
  { ...person, id: 25, login: 'manager', firstname: 'Marcus', lastname: 'Lind', permissionSet: 'manager' },
  { ...person, id: 26, login: 'admin.flag-on', firstname: 'Nadia', lastname: 'Kerr', permissionSet: 'admin' },
  {
    ...person,
    id: 27,
    login: 'admin.flag-off',
    firstname: 'Otto',
    lastname: 'Brandt',
    permissionSet: 'admin',
    flag: false,
  },
  { ...person, id: 28, login: 'artist.flag-off', firstname: 'Felix', lastname: 'Moreau', flag: false },
  { ...person, id: 29, login: 'inactive', firstname: 'Ivy', lastname: 'Chen', active: false },
  { ...person, id: 30, login: 'auditor', firstname: 'Ruth', lastname: 'Calder' },
  { ...person, id: 31, login: 'retired', firstname: 'Rey', lastname: 'Vance', retired: true },
];

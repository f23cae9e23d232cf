/** Whether an action's definition lets this person use it here. Pure. */
import type { Access } from '../actions/definition.ts';
import type { Identity } from '../login/identity.ts';
import type { HumanUser } from '../shotgrid/people.ts';
import { said } from '../texts/said.ts';
import { ActionNotAllowedError } from './errors.ts';

/**
 * Every list that is not empty must be met. Names are compared without regard to case, since people write them.
 *
 * @throws {@link ActionNotAllowedError} that names what would let the person in.
 */
export function verifyAccess(
  access: Access,
  who: {
    readonly identity: Pick<Identity, 'roles'>;
    readonly person: Pick<HumanUser, 'permissionGroups' | 'permissionGroupName'>;
    /** The click's; undefined outside any. */
    readonly project: { readonly id: number; readonly name?: string | undefined } | undefined;
  },
): void {
  const { roles, permissionGroups, projects } = access;
  if (roles.length > 0 && !roles.some((role) => who.identity.roles.includes(role))) {
    throw new ActionNotAllowedError(
      said('explanation.actionForRoles', { count: roles.length, roles: list(roles) }),
      said('remedy.needsGroup'),
    );
  }
  const groups = [...who.person.permissionGroups, who.person.permissionGroupName ?? ''].map(folded);
  if (permissionGroups.length > 0 && !permissionGroups.some((group) => groups.includes(folded(group)))) {
    throw new ActionNotAllowedError(
      said('explanation.actionForGroups', { count: permissionGroups.length, groups: list(permissionGroups) }),
      said('remedy.actionForGroups'),
    );
  }
  if (projects.length > 0 && !projects.some((project) => isProject(project, who.project))) {
    throw new ActionNotAllowedError(
      said('explanation.actionForProjects', { count: projects.length, projects: list(projects) }),
      said('remedy.actionForProjects'),
    );
  }
}

function isProject(
  wanted: number | string,
  project: { readonly id: number; readonly name?: string | undefined } | undefined,
): boolean {
  if (project === undefined) return false;
  return typeof wanted === 'number' ? project.id === wanted : folded(project.name ?? '') === folded(wanted);
}

function folded(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

function list(names: readonly (string | number)[]): string {
  return names.map((name) => (typeof name === 'number' ? String(name) : `“${name}”`)).join(', ');
}

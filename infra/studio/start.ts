/**
 * The studio in a box: a ShotGrid site and an identity provider that know each other's people and one Understudy.
 * For the demo, for tests and for measurements; every secret is new each time.
 */
import { randomBytes } from 'node:crypto';
import { factsPerson, type Facts } from './facts.ts';
import { ADMIN_GROUP, AUDITOR_GROUP } from './idp/people.ts';
import { startIdp, type Idp } from './idp/start.ts';
import type { MenuItem } from './site/menu-item.ts';
import { startSite, type Site, type SiteOptions } from './site/start.ts';

export type StudioOptions = {
  /** PUBLIC_URL of the Understudy that the menu items post to and the provider sends people back to. */
  readonly server: string;
  /** 0, the default, takes a free one. */
  readonly sitePort?: number;
  readonly idpPort?: number;
  /** 1 is as slow as a measured site; 0, the default, answers at once. */
  readonly latencyFactor?: number;
  /** How people sign in on the site, and what it offers to programs. */
  readonly signIn?: Pick<
    SiteOptions,
    'authenticationMethod' | 'launcherEnabled' | 'passwords' | 'twoFactorCodes' | 'webSignIn'
  >;
  /** Besides those of the actions that come with the server. */
  readonly menuItems?: (server: string, secretToken: string) => readonly MenuItem[];
  /** False: a site that has no menu items yet, not even those. */
  readonly hasMenuItems?: boolean;
};

export type Studio = {
  readonly site: Site;
  readonly idp: Idp;
  readonly facts: Facts;
  /** What the server has to be told about this studio; its own things (sessions, database, port) are not in it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
};

const SCRIPT_NAME = 'understudy';
const CLIENT_ID = 'understudy';

/** @throws when a port is taken (`EADDRINUSE`); nothing is left running then. */
export async function startStudio(options: StudioOptions): Promise<Studio> {
  const { server, menuItems = () => [], hasMenuItems = true } = options;
  const secrets = { amiSecretToken: newSecret(), scriptKey: newSecret(), clientSecret: newSecret() };
  const idp = await startIdp({
    port: options.idpPort ?? 0,
    client: {
      clientId: CLIENT_ID,
      clientSecret: secrets.clientSecret,
      redirectUris: [`${server}/login/callback`],
      postLogoutRedirectUris: [`${server}/signed-out`],
      backChannelLogoutUri: `${server}/logout/backchannel`,
    },
  });
  let site: Site;
  try {
    site = await startSite({
      ...options.signIn,
      port: options.sitePort ?? 0,
      scriptName: SCRIPT_NAME,
      scriptKey: secrets.scriptKey,
      latencyFactor: options.latencyFactor ?? 0,
      menuItems: (hasMenuItems ? [approveItems, usefulItems, menuItems] : []).flatMap((items) =>
        items(server, secrets.amiSecretToken),
      ),
    });
  } catch (error) {
    await idp.close();
    throw error;
  }
  const { amiSecretToken, scriptKey, clientSecret } = secrets;
  const people = idp.people.map(factsPerson);
  return {
    site,
    idp,
    facts: {
      server,
      site: site.url,
      idp: idp.url,
      amiSecretToken,
      scriptName: SCRIPT_NAME,
      scriptKey,
      people,
      adminGroups: [ADMIN_GROUP],
      auditorGroups: [AUDITOR_GROUP],
    },
    environment: {
      SHOTGRID_URL: site.url,
      SHOTGRID_SCRIPT_NAME: SCRIPT_NAME,
      SHOTGRID_SCRIPT_KEY: scriptKey,
      AMI_SECRET_TOKENS: amiSecretToken,
      OIDC_ISSUER_URL: idp.url,
      OIDC_CLIENT_ID: CLIENT_ID,
      OIDC_CLIENT_SECRET: clientSecret,
      ADMIN_GROUPS: ADMIN_GROUP,
      AUDITOR_GROUPS: AUDITOR_GROUP,
    },
    async close() {
      await Promise.all([site.close(), idp.close()]);
    },
  };
}

/** Random enough for any secret here, and free of the commas that separate lists of them. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** [title, file in actions/, entity type, folder]: what `understudy menu` would make of those files. */
const USEFUL: readonly (readonly [string, string, string, string?])[] = [
  ['Approve with note', 'approve-with-note', 'Version'],
  ['Set status', 'set-status', 'Version'],
  ['Add to playlist', 'add-to-playlist', 'Version'],
  ['Note on selection', 'note-on-selection', 'Version', 'More'],
  ['Copy description of the Shot', 'copy-shot-description', 'Version', 'More'],
  ['Retire', 'retire', 'Version', 'More'],
  ['Export selection', 'export-selection', 'Version', 'Reports'],
  ...['Version', 'Shot', 'Task', 'Asset'].map((type) => ['Who am I here', 'who-am-i', type, 'Reports'] as const),
  ['Note on selection', 'note-on-selection', 'Shot', 'More'],
  ['Note on selection', 'note-on-selection', 'Asset', 'More'],
  ['Export selection', 'export-selection', 'Shot', 'Reports'],
  ['Set task status', 'set-task-status', 'Task'],
  ['Assign tasks', 'assign-tasks', 'Task'],
  ['Shift dates', 'shift-dates', 'Task'],
  ['Export selection', 'export-selection', 'Task', 'Reports'],
];

/** They change nothing that a page could be watching. */
const REPORTS = ['export-selection', 'who-am-i'];

function usefulItems(server: string, secretToken: string): readonly MenuItem[] {
  return USEFUL.map(([title, action, entityType, folder]) => ({
    title,
    url: `${server}/ami/${action}`,
    entityType,
    secretToken,
    selectionRequired: true,
    pollForDataUpdates: !REPORTS.includes(action),
    ...(folder === undefined ? {} : { folder }),
  }));
}

function approveItems(server: string, secretToken: string): readonly MenuItem[] {
  const item = { url: `${server}/ami/approve`, entityType: 'Version', secretToken, selectionRequired: true };
  return [
    { ...item, title: 'Approve' },
    { ...item, title: 'Approve (light payload)', folder: 'Variants', lightPayload: true },
    { ...item, title: 'Approve (in an overlay)', folder: 'Variants', openInOverlay: true },
  ];
}

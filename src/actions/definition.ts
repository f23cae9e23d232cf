/** What one menu item does, checked and ready: the shape that every kind of action is turned into. */
import type { AmiPayload } from '../ami/payload.ts';
import type { Identity, Role } from '../login/identity.ts';
import type { FormField, FormValues } from './form.ts';
import type { Plan } from './plan.ts';
import type { Proof, ProofWish } from './proof.ts';
import type { RemoteServices } from './remote/services.ts';

/** A row as read from the site: fields by name, links as `{type, id, name}`. */
export type ActionRow = {
  readonly type: string;
  readonly id: number;
  readonly name?: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
};

/** Reads the site as the person who clicked; there is nothing here to write with. */
export type ActionReader = {
  rows(entityType: string, ids: readonly number[], fields: readonly string[]): Promise<readonly ActionRow[]>;
};

/** The person acted for, as ShotGrid knows them. */
export type ActionPerson = { readonly id: number; readonly login: string; readonly name: string };

export type PlanContext = {
  readonly payload: AmiPayload;
  readonly identity: Identity;
  readonly person: ActionPerson;
  readonly form: FormValues;
  readonly read: ActionReader;
  readonly now: Date;
  /** Names the click, so that who is asked twice about it can tell. */
  readonly launchId?: string | undefined;
  /** Gives proof of who the person is to the service that the definition names; absent when it names none. */
  readonly proof?: (() => Promise<Proof>) | undefined;
  /** Hands the person to a worker process; absent when the definition does not ask for it, or the server has no key for it. */
  readonly handOff?: (() => Promise<HandedOff>) | undefined;
  /** What `handOff` is made of; no action is given it. */
  readonly lend?: (() => Promise<LentToken>) | undefined;
  /** Where remote actions ask; absent where no service may be asked. */
  readonly remote?: RemoteServices | undefined;
};

/** A person, sealed for a worker that shares the server's hand-off key. */
export type HandedOff = {
  /** For `openUser` of `understudy/authenticator`. */
  readonly sealed: string;
  /** When it can do nothing any more. */
  readonly expiresAt: Date;
};

/** An access token of the person acted for. */
export type LentToken = { readonly accessToken: string; readonly lifetimeSeconds: number };

/** Who may use an action, beyond whom ShotGrid shows it to. An empty list narrows nothing. */
export type Access = {
  readonly roles: readonly Role[];
  /** Codes or names of ShotGrid permission groups; the person's own is one of them. */
  readonly permissionGroups: readonly string[];
  /** Ids or names of projects; the click's project is one of them. */
  readonly projects: readonly (number | string)[];
};

/** One thing an action may do. A plan that does anything else is refused whole. */
export type Touch = {
  readonly operation: 'update' | 'create' | 'delete';
  readonly entityType: string;
  /** Field codes; empty for `delete`. */
  readonly fields: readonly string[];
};

/** `never` is for actions that touch nothing. `type_number`: the person types how many rows are changed. */
export type Confirmation = 'never' | 'click' | 'type_number';

/** One menu item of an action, as it should stand in ShotGrid; one for each of its entity types. */
export type MenuEntry = {
  readonly title: string;
  readonly entityTypes: readonly string[];
  readonly folder: string | undefined;
  /** Undefined: wherever an admin puts it. */
  readonly order: number | undefined;
  readonly overlay: boolean;
  readonly polling: boolean;
  readonly selectionRequired: boolean;
  readonly lightPayload: boolean;
  /** Names or codes; empty: everybody is shown it. */
  readonly permissionGroups: readonly string[];
  /** Names or ids; empty: shown in all of them. */
  readonly projects: readonly (number | string)[];
  readonly appearsIn: 'right_click_menu' | 'add_dropdown' | 'add_button' | 'user_menu';
};

export type ActionDefinition = {
  /** The file's name without its ending; the last part of the menu item's URL. */
  readonly id: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly kind: 'yaml' | 'typescript' | 'remote';
  readonly entityTypes: readonly string[];
  readonly access: Access;
  readonly form: readonly FormField[];
  readonly touches: readonly Touch[];
  readonly confirmation: Confirmation;
  /** Where its menu item's secret tokens are; undefined: the common list. */
  readonly secretTokensVariable: string | undefined;
  /** Undefined: as configured for the whole server. */
  readonly signatureAlgorithm: 'sha1' | 'sha256' | undefined;
  /** Whether a click that carries only an event-log id may start it; ShotGrid does not sign those. */
  readonly lightPayload: boolean;
  /** The menu items that its file asks for; none: they are made by hand. */
  readonly menu?: readonly MenuEntry[] | undefined;
  /** `self`: by the person's own session on the site alone, never by the script's sudo. */
  readonly as?: 'self' | undefined;
  /** The most rows one click may select, and one plan may change. */
  readonly maxRows: number;
  /** The one other service that may be given proof of who the person is; undefined: none. */
  readonly proof?: ProofWish | undefined;
  /** Whether it may hand the person to a worker; only an action that touches nothing. */
  readonly handOff?: boolean | undefined;
  /** Of a remote action: whom it asks, and the variable with the secrets that it shares with them. */
  readonly remote?: { readonly origin: string; readonly secretVariable: string } | undefined;
  plan(context: PlanContext): Promise<Plan>;
};

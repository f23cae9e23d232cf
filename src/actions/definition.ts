/** What one menu item does, checked and ready: the shape that every kind of action is turned into. */
import type { AmiPayload } from '../ami/payload.ts';
import type { Identity } from '../login/identity.ts';
import type { Plan } from './plan.ts';

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

export type PlanContext = {
  readonly payload: AmiPayload;
  readonly identity: Identity;
  readonly read: ActionReader;
};

export type ActionDefinition = {
  /** The file's name without its ending; the last part of the menu item's URL. */
  readonly id: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly entityTypes: readonly string[];
  /** Where its menu item's secret tokens are; undefined: the common list. */
  readonly secretTokensVariable: string | undefined;
  /** Undefined: as configured for the whole server. */
  readonly signatureAlgorithm: 'sha1' | 'sha256' | undefined;
  /** Whether a click that carries only an event-log id may start it; ShotGrid does not sign those. */
  readonly lightPayload: boolean;
  /** The most rows one click may change. */
  readonly maxRows: number;
  plan(context: PlanContext): Promise<Plan>;
};

/**
 * An action in TypeScript, for pipeline developers: `import { defineAction } from 'understudy/action'`. The types of the
 * form's values follow from the form. An action reads as the person who clicked and returns what it proposes; it cannot write.
 */
import type { AmiPayload } from '../../ami/payload.ts';
import type { Identity, Role } from '../../login/identity.ts';
import type { ActionPerson, ActionReader, ActionRow, HandedOff } from '../definition.ts';
import type { FormLink } from '../form.ts';
import type { FieldValue } from '../plan.ts';
import type { Proof, ProofWish } from '../proof.ts';
import type { Report } from '../report.ts';

/** A field of a form, as an author writes it; see the README for what each type asks. */
export type FieldSpec = {
  readonly label: string;
  readonly help?: string;
  readonly required?: boolean;
  readonly secret?: boolean;
  readonly onlyWhen?: { readonly field: string; readonly is: readonly (string | boolean)[] };
} & (
  | { readonly type: 'text'; readonly maxLength?: number; readonly pattern?: string; readonly default?: string }
  | { readonly type: 'long_text'; readonly maxLength?: number; readonly default?: string }
  | {
      readonly type: 'number';
      readonly min?: number;
      readonly max?: number;
      readonly integer?: boolean;
      readonly default?: number;
    }
  | { readonly type: 'checkbox'; readonly default?: boolean }
  | { readonly type: 'date'; readonly min?: string; readonly max?: string; readonly default?: string }
  | {
      readonly type: 'choice';
      readonly options: readonly (string | { readonly value: string; readonly label: string })[];
      readonly default?: string;
    }
  | { readonly type: 'status'; readonly entityType: string; readonly default?: string }
  | { readonly type: 'entity'; readonly entityTypes: readonly string[]; readonly multiple?: boolean }
  | { readonly type: 'user'; readonly multiple?: boolean }
);

export type FormSpec = Readonly<Record<string, FieldSpec>>;

type LinkValue<F> = F extends { readonly multiple: true } ? readonly FormLink[] : FormLink;

type ValueOf<F extends FieldSpec> = F['type'] extends 'number'
  ? number
  : F['type'] extends 'checkbox'
    ? boolean
    : F['type'] extends 'entity' | 'user'
      ? LinkValue<F>
      : string;

/** What a form gives: a field that is required, or a checkbox, always has a value; any other may be null. */
export type ValuesOf<F extends FormSpec> = {
  readonly [K in keyof F]: F[K] extends { readonly required: true } | { readonly type: 'checkbox' }
    ? F[K] extends { readonly onlyWhen: object }
      ? ValueOf<F[K]> | null
      : ValueOf<F[K]>
    : ValueOf<F[K]> | null;
};

/** A row to be written, and what to write into it. */
export type Proposal =
  | { readonly update: ActionRow; readonly set: Readonly<Record<string, FieldValue>> }
  | { readonly update: ActionRow; readonly add: Readonly<Record<string, readonly FormLink[]>> }
  | { readonly update: ActionRow; readonly remove: Readonly<Record<string, readonly FormLink[]>> }
  | { readonly create: string; readonly set: Readonly<Record<string, FieldValue>>; readonly name?: string }
  | { readonly delete: ActionRow };

export type ActionContext<F extends FormSpec> = {
  readonly form: ValuesOf<F>;
  /** The selected rows that this person may see, in the order of the selection, with the fields that `fields` asks for. */
  readonly rows: readonly ActionRow[];
  /** Ids of selected rows that are not there for this person. */
  readonly missing: readonly number[];
  readonly person: ActionPerson;
  readonly identity: Identity;
  readonly payload: AmiPayload;
  /** Reads more, as this person. */
  readonly read: ActionReader;
  readonly now: Date;
  /** Names the click. `plan` is called again when the page is reloaded: whoever starts something tells one click by this. */
  readonly launchId?: string | undefined;
  /**
   * Proof of who the person is, for the one service that the action's `proof` names; throws when it names none. For
   * `Authorization: Bearer`, and for nothing else: not for plans, reports or logs.
   */
  readonly proof: () => Promise<Proof>;
  /**
   * The person, sealed for a worker process, which acts as the same one by `openUser` of `understudy/authenticator`: for some ten
   * minutes, not through this server, and not in its records. Throws when the action does not say `handOff: true`.
   */
  readonly handOff: () => Promise<HandedOff>;
};

export type Answer = { readonly changes?: readonly Proposal[]; readonly report?: Report };

/** A menu item in ShotGrid; what it leaves out follows from the action. One item is made for each entity type. */
export type MenuItemSpec = {
  readonly title?: string;
  readonly entityTypes?: readonly string[];
  readonly folder?: string;
  readonly order?: number;
  readonly overlay?: boolean;
  readonly polling?: boolean;
  readonly selectionRequired?: boolean;
  readonly lightPayload?: boolean;
  readonly permissionGroups?: readonly string[];
  readonly projects?: readonly (number | string)[];
  readonly appearsIn?: 'right_click_menu' | 'add_dropdown' | 'add_button' | 'user_menu';
};

export type ActionSpec<F extends FormSpec> = {
  readonly title: string;
  readonly description?: string;
  readonly entityTypes: readonly string[];
  readonly access?: {
    readonly roles?: readonly Role[];
    readonly permissionGroups?: readonly string[];
    readonly projects?: readonly (number | string)[];
  };
  readonly form?: F;
  /** Fields of the selected rows to read before `plan` is called; those that it changes must be among them. */
  readonly fields?: readonly string[];
  /** Everything that `plan` may propose. A plan that steps outside is refused whole. */
  readonly touches?: readonly {
    readonly operation: 'update' | 'create' | 'delete';
    readonly entityType: string;
    readonly fields?: readonly string[];
  }[];
  /** `never` only for an action that touches nothing. Default: `never` if it touches nothing, otherwise `click`. */
  readonly confirm?: 'never' | 'click' | 'type_number';
  /** `self`: by the person's own session in ShotGrid, which they approve there, and never by the script of this server. */
  readonly as?: 'self';
  readonly maxRows?: number;
  /** The other service that this action may prove to who the person is. */
  readonly proof?: ProofWish;
  /** Lets `plan` hand the person to a worker. Only for an action that touches nothing, on a server that has `HAND_OFF_KEY`. */
  readonly handOff?: boolean;
  readonly secretTokens?: string;
  readonly signatureAlgorithm?: 'sha1' | 'sha256';
  readonly lightPayload?: boolean;
  /** Its menu items, for `understudy menu`; without it they are made by hand. */
  readonly menu?: MenuItemSpec | readonly MenuItemSpec[];
  plan(context: ActionContext<F>): Promise<Answer> | Answer;
};

const DEFINED = Symbol.for('understudy.action');

/** What {@link defineAction} returns: opaque, made only there. */
export type DefinedAction = { readonly [DEFINED]: ActionSpec<FormSpec> };

/**
 * Defines the action that a file exports as `action`.
 *
 * @example
 * ```ts
 * export const action = defineAction({
 *   title: 'Approve with reason',
 *   entityTypes: ['Version'],
 *   form: { reason: { type: 'text', label: 'Reason', required: true } },
 *   fields: ['sg_status_list', 'description'],
 *   touches: [{ operation: 'update', entityType: 'Version', fields: ['sg_status_list', 'description'] }],
 *   plan: ({ rows, form }) => ({
 *     changes: rows.map((row) => ({ update: row, set: { sg_status_list: 'apr', description: form.reason } })),
 *   }),
 * });
 * ```
 */
export function defineAction<const F extends FormSpec = Record<string, never>>(spec: ActionSpec<F>): DefinedAction {
  return { [DEFINED]: spec };
}

/** The definition behind what a file exports, or undefined when it is none. */
export function specOf(exported: unknown): ActionSpec<FormSpec> | undefined {
  return exported !== null && typeof exported === 'object' && DEFINED in exported
    ? (exported as DefinedAction)[DEFINED]
    : undefined;
}

/** The form of an action: what a person is asked before the plan is made. Types only; checking is `form-values.ts`. */

export type FormField = FieldBase &
  (
    | { readonly type: 'text'; readonly maxLength: number; readonly pattern?: string; readonly default?: string }
    | { readonly type: 'long_text'; readonly maxLength: number; readonly default?: string }
    | {
        readonly type: 'number';
        readonly min?: number;
        readonly max?: number;
        readonly integer: boolean;
        readonly default?: number;
      }
    | { readonly type: 'checkbox'; readonly default: boolean }
    /** `YYYY-MM-DD`. */
    | { readonly type: 'date'; readonly min?: string; readonly max?: string; readonly default?: string }
    | { readonly type: 'choice'; readonly options: readonly Choice[]; readonly default?: string }
    /** The site's statuses of this type, less those that the project hides. */
    | { readonly type: 'status'; readonly entityType: string; readonly default?: string }
    /** Found by type-ahead as the person; `multiple` gives a list of links. */
    | { readonly type: 'entity'; readonly entityTypes: readonly string[]; readonly multiple: boolean }
    /** A person: an `entity` field of HumanUser with its own name, as it is the commonest. */
    | { readonly type: 'user'; readonly multiple: boolean }
  );

type FieldBase = {
  /** Lower-case letters, digits and underscores; the name under which the value is used. */
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly required: boolean;
  /** Never shown again, logged, recorded or remembered. */
  readonly secret: boolean;
  /** Asked only when another field (above it) has one of these values; otherwise it has none. */
  readonly onlyWhen?: { readonly field: string; readonly is: readonly (string | boolean)[] };
};

export type Choice = { readonly value: string; readonly label: string };

export type FormLink = { readonly type: string; readonly id: number; readonly name: string };

/** Null: left blank, or not asked. */
export type FormValue = string | number | boolean | FormLink | readonly FormLink[] | null;

/** By field name; every field of the form has an entry. No prototype. */
export type FormValues = Readonly<Record<string, FormValue>>;

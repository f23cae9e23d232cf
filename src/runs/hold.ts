/** Something that an administrator has switched off. */

/** Who switched it off, when, and why. */
export type Hold = {
  readonly reason: string;
  readonly by: { readonly login: string; readonly name: string };
  readonly since: Date;
};

export type Held = {
  /** Nothing may be changed. */
  readonly readOnly: Hold | undefined;
  /** By id; an action may be switched off that no file defines any more. */
  readonly actions: ReadonlyMap<string, Hold>;
};

/** `read_only` is all changes. */
export type Switch = { readonly kind: 'read_only' } | { readonly kind: 'action'; readonly actionId: string };

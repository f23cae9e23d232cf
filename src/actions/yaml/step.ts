/** One step of a YAML action's `do`: what is written, with templates ready to be made for each row. Types only. */
import type { Template } from './template.ts';

/** Which rows a step is about. */
export type Target =
  | { readonly kind: 'selection' }
  /** Rows that a field of the selected rows links to. */
  | { readonly kind: 'link'; readonly field: string; readonly entityType: string }
  /** Rows chosen in a field of the form. */
  | { readonly kind: 'form'; readonly field: string; readonly entityType: string };

export type Values = ReadonlyMap<string, Template>;

export type Step = { readonly when: Template | undefined } & (
  | {
      readonly operation: 'update';
      readonly target: Target;
      readonly set: Values;
      readonly add: Values;
      readonly remove: Values;
    }
  | {
      readonly operation: 'create';
      readonly entityType: string;
      /** One new row for each selected row, or one for all of them. */
      readonly per: 'row' | 'selection';
      readonly set: Values;
    }
  | { readonly operation: 'delete'; readonly target: Target }
);

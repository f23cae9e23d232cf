/** What the browser is to do when a menu item is chosen. */
export type Launch =
  | {
      readonly method: 'POST';
      readonly url: string;
      readonly fields: readonly (readonly [string, string])[];
      readonly overlay: boolean;
    }
  | { readonly method: 'GET'; readonly url: string; readonly overlay: boolean };

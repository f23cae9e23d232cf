/** Something an action shows instead of, or beside, changes. Plain data: pages escape it, and nothing in it is markup. */

export type Report = {
  readonly title?: string;
  /** Paragraphs are separated by blank lines. */
  readonly text?: string;
  readonly links?: readonly ReportLink[];
  readonly table?: ReportTable;
  readonly file?: ReportFile;
};

/** `href` is https, or a path of the ShotGrid site beginning with one slash. */
export type ReportLink = { readonly label: string; readonly href: string };

export type ReportTable = {
  readonly columns: readonly { readonly label: string; readonly type: 'text' | 'number' | 'date' }[];
  /** As long as `columns`, each. */
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
};

/** Downloaded under this name, never shown in the page. */
export type ReportFile = { readonly name: string; readonly contentType: string; readonly base64: string };

import type { SignatureAlgorithm } from './sign-form.ts';

/** An Action Menu Item as an admin would type it in. */
export type MenuItem = {
  readonly title: string;
  readonly url: string;
  /** CamelCase type, or null for every type. */
  readonly entityType?: string | null;
  /** Without one the form is not signed. */
  readonly secretToken?: string;
  /** Null and absent both mean SHA-1. */
  readonly signatureAlgorithm?: SignatureAlgorithm;
  readonly selectionRequired?: boolean;
  readonly lightPayload?: boolean;
  readonly openInOverlay?: boolean;
  /** The page then watches the event log for its own window's changes. Default true here, unlike a real site. */
  readonly pollForDataUpdates?: boolean;
  readonly folder?: string;
};

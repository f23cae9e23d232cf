/** What can be wrong with a click, as the person who clicked is told. Messages name fields, never their values. */
import { ServiceError } from '../errors.ts';

/** The form cannot be what a ShotGrid site sends. */
export class AmiMalformedError extends ServiceError {
  override readonly name = 'AmiMalformedError';
  readonly code = 'ami_malformed';
  readonly status = 400;
  readonly remedy =
    'Start again from the menu in ShotGrid. If it happens every time, send this page to your ShotGrid admin.';
}

/** The form was not signed by the ShotGrid site that shares our secret token. */
export class AmiSignatureError extends ServiceError {
  override readonly name = 'AmiSignatureError';
  readonly code = 'ami_signature_invalid';
  readonly status = 401;
  readonly remedy =
    'Start again from the menu in ShotGrid. If it happens every time, the menu item’s Secret Token or Signature Algorithm differs from what this server is set up with: tell your ShotGrid admin.';
}

/** The click is too old, or from the future. */
export class AmiStaleError extends ServiceError {
  override readonly name = 'AmiStaleError';
  readonly code = 'ami_stale';
  readonly status = 401;
  readonly remedy =
    'Click the menu item again. If it happens every time, the clock of this server is off, or the network is slow: tell your ShotGrid admin.';
}

/** The click comes from another ShotGrid site than ours. */
export class AmiWrongSiteError extends ServiceError {
  override readonly name = 'AmiWrongSiteError';
  readonly code = 'ami_wrong_site';
  readonly status = 403;
  readonly remedy =
    'This server serves one ShotGrid site. Use the menu item there, or tell your ShotGrid admin that this item points at the wrong server.';
}

/** More bytes, or more rows, than one click may carry. */
export class AmiTooLargeError extends ServiceError {
  override readonly name = 'AmiTooLargeError';
  readonly code = 'ami_too_large';
  readonly status = 413;
  readonly remedy = 'Narrow the page’s filter so that it shows fewer rows, then start again from the menu in ShotGrid.';
}

/** What can be wrong with a click, as the person who clicked is told. Messages name fields, never their values. */
import { ServiceError } from '../errors.ts';
import { said, type Said } from '../texts/said.ts';

/** The form cannot be what a ShotGrid site sends. */
export class AmiMalformedError extends ServiceError {
  override readonly name = 'AmiMalformedError';
  readonly code = 'ami_malformed';
  readonly status = 400;
  constructor(why: Said) {
    super(why, said('remedy.clickMalformed'));
  }
}

/** The form was not signed by the ShotGrid site that shares our secret token. */
export class AmiSignatureError extends ServiceError {
  override readonly name = 'AmiSignatureError';
  readonly code = 'ami_signature_invalid';
  readonly status = 401;
  constructor(why: Said) {
    super(why, said('remedy.clickUnsigned'));
  }
}

/** The click is too old, or from the future. */
export class AmiStaleError extends ServiceError {
  override readonly name = 'AmiStaleError';
  readonly code = 'ami_stale';
  readonly status = 401;
  constructor(why: Said) {
    super(why, said('remedy.clickStale'));
  }
}

/** The click comes from another ShotGrid site than ours. */
export class AmiWrongSiteError extends ServiceError {
  override readonly name = 'AmiWrongSiteError';
  readonly code = 'ami_wrong_site';
  readonly status = 403;
  constructor(why: Said) {
    super(why, said('remedy.clickWrongSite'));
  }
}

/** More bytes, or more rows, than one click may carry. */
export class AmiTooLargeError extends ServiceError {
  override readonly name = 'AmiTooLargeError';
  readonly code = 'ami_too_large';
  readonly status = 413;
  constructor(why: Said) {
    super(why, said('remedy.clickTooLarge'));
  }
}

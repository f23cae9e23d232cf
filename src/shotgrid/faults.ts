/**
 * The site's answer, when it is not a success, as an error of ours: by HTTP status and code, never by text
 * (but for the sudo refusals, see sudo-faults.ts). Pure.
 * ShotGrid REST: `{"errors":[{id, status, code, title, source, detail}]}`; a permission refusal is a 400 with code 104.
 */
import type { ServiceError } from '../errors.ts';
import {
  ShotgridNotFoundError,
  ShotgridRefusedError,
  ShotgridRequestError,
  ShotgridUnavailableError,
  type SiteFault,
} from './errors.ts';
import { isRecord, own, ownPath, parseJson } from './json.ts';
import { safeText } from './site-text.ts';

const ERROR_ID = /^[\w-]{1,64}$/;

/** The first error of the envelope, made safe; a body without one (HTML, empty) gives a fault without a message. */
export function parseFault(status: number, body: string, secrets: readonly string[]): SiteFault {
  const errors = ownPath(parseJson(body), 'errors');
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (!isRecord(first)) return { status, code: undefined, errorId: undefined, message: '' };
  const code = own(first, 'code');
  const id = own(first, 'id');
  return {
    status,
    code: typeof code === 'number' ? code : undefined,
    errorId: typeof id === 'string' && ERROR_ID.test(id) ? id : undefined,
    message: safeText(faultText(first), secrets),
  };
}

/** A 404 has its text in `detail` under the title "Not Found"; most others have it in `title`. */
function faultText(error: Readonly<Record<string, unknown>>): string {
  const title = own(error, 'title');
  const detail = own(error, 'detail');
  if (typeof detail === 'string' && detail !== '') return detail;
  return typeof title === 'string' ? title : '';
}

/** The error for an answer that is no success. A 401 comes here only after a fresh token was refused too. */
export function faultError(status: number, body: string, secrets: readonly string[]): ServiceError {
  const site = parseFault(status, body, secrets);
  if (status === 404) return new ShotgridNotFoundError(site);
  if (status === 400 && site.code === 104) return new ShotgridRefusedError(site);
  if (status === 401) return new ShotgridRefusedError(site);
  // The API itself never answers 403: this is the site's front door, e.g. its list of allowed addresses.
  if (status === 403) return new ShotgridUnavailableError('blocked', { failure: 'status 403', site });
  if (status < 300 || status >= 500) {
    return new ShotgridUnavailableError('unreadable', { failure: `status ${status}`, site });
  }
  return new ShotgridRequestError(site);
}

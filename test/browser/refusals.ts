/** One of every refusal that a person can be shown, by its code. */
import { ActionNotApplicableError, ActionUnknownError } from '../../src/actions/errors.ts';
import {
  AmiMalformedError,
  AmiSignatureError,
  AmiStaleError,
  AmiTooLargeError,
  AmiWrongSiteError,
} from '../../src/ami/errors.ts';
import { AuditUnavailableError } from '../../src/audit/errors.ts';
import type { ServiceError } from '../../src/errors.ts';
import { ActionOffError, ReadOnlyError } from '../../src/runs/switch-errors.ts';
import { IdpUnavailableError, LoginFailedError } from '../../src/login/errors.ts';
import {
  ClickReplayedError,
  CsrfInvalidError,
  LaunchExpiredError,
  LaunchNotYoursError,
  LaunchUnknownError,
  SessionStoreUnavailableError,
} from '../../src/session/errors.ts';
import { ShotgridUnavailableError } from '../../src/shotgrid/errors.ts';
import {
  IdentityMismatchError,
  PersonUnknownError,
  SudoAdminRefusedError,
  SudoFlagOffError,
  SudoInactiveError,
  SudoRefusedBySiteError,
} from '../../src/shotgrid/person-errors.ts';
import {
  PageUnknownError,
  PlanChangedError,
  RequestMalformedError,
  RoleRequiredError,
  RunUnknownError,
  UnexpectedError,
} from '../../src/web/errors.ts';
import { said } from '../../src/texts/said.ts';

export const LONG_LOGIN = 'maximiliana.von-und-zu-hohenstein@animation.studio.example';

export const HOLD = {
  reason: 'The status codes of <all> shows are being renamed until 14:00; ask Otto in editorial.',
  by: { login: LONG_LOGIN, name: 'Maximiliana Alexandra von und zu Hohenstein-Wittelsbach' },
  since: new Date('2026-05-04T10:00:00Z'),
};

const errors: readonly ServiceError[] = [
  new AmiSignatureError(said('explanation.formWrongSignature')),
  new AmiStaleError(said('explanation.clickTooOld')),
  new ClickReplayedError(),
  new AmiWrongSiteError(said('explanation.clickWrongSite')),
  new AmiMalformedError(said('explanation.formNoRowNumbers', { field: 'selected_ids' })),
  new AmiTooLargeError(said('explanation.clickTooManyBytes')),
  new ActionUnknownError(),
  new ActionNotApplicableError(
    said('explanation.actionOtherType', { action: 'Approve', types: 'Version', type: 'Shot' }),
    said('remedy.actionOtherType'),
  ),
  new LaunchUnknownError(),
  new LaunchExpiredError(),
  new LaunchNotYoursError(),
  new LoginFailedError('cancelled'),
  new IdentityMismatchError('signed_in_login'),
  new PersonUnknownError(LONG_LOGIN),
  new RoleRequiredError('explanation.auditorsOnly'),
  new SudoFlagOffError('admin.flag-off'),
  new SudoInactiveError('inactive', 'disabled'),
  new SudoAdminRefusedError(LONG_LOGIN),
  new SudoRefusedBySiteError('artist', { message: `Can't sudo as ${'user'.repeat(40)}`, errorId: 'e1', code: 102 }),
  new ActionOffError('Approve', HOLD),
  new ReadOnlyError(HOLD),
  new CsrfInvalidError(),
  new PlanChangedError(),
  new AuditUnavailableError('written'),
  new ShotgridUnavailableError('unreachable'),
  new IdpUnavailableError(),
  new SessionStoreUnavailableError(),
  new RunUnknownError(),
  new PageUnknownError(),
  new RequestMalformedError(),
  new UnexpectedError(),
];

export const REFUSALS: ReadonlyMap<string, ServiceError> = new Map(errors.map((error) => [error.code, error]));

import { describe, expect, it } from '@jest/globals';
import { faultError, parseFault } from '../../src/shotgrid/faults.ts';
import { tokenRefusal } from '../../src/shotgrid/sudo-faults.ts';

const ID = '20c4fb862df36b574b2c8ce984cd920f';

function envelope(code: unknown, title: unknown, detail: unknown = null): string {
  return JSON.stringify({ errors: [{ id: ID, status: 400, code, title, source: {}, detail, meta: null }] });
}

describe('a fault of the site', () => {
  it.each([
    [400, 104, 'ShotgridRefusedError', 'shotgrid_refused', 403],
    [400, 103, 'ShotgridRequestError', 'shotgrid_request_invalid', 502],
    [400, 102, 'ShotgridRequestError', 'shotgrid_request_invalid', 502],
    [401, 102, 'ShotgridRefusedError', 'shotgrid_refused', 403],
    [403, 104, 'ShotgridUnavailableError', 'shotgrid_unavailable', 503],
    [404, 104, 'ShotgridNotFoundError', 'shotgrid_not_found', 404],
    [404, 103, 'ShotgridNotFoundError', 'shotgrid_not_found', 404],
    [409, 103, 'ShotgridRequestError', 'shotgrid_request_invalid', 502],
    [415, 103, 'ShotgridRequestError', 'shotgrid_request_invalid', 502],
    [302, 103, 'ShotgridRequestError', 'shotgrid_request_invalid', 502],
  ])('with status %i and code %i is a %s', (status, siteCode, name, code, ours) => {
    const error = faultError(status, envelope(siteCode, 'No.'), []);
    expect(error).toMatchObject({ name, code, status: ours });
    expect(error.remedy).not.toBe('');
  });

  it("carries the site's own words, code and request id", () => {
    const title = 'The field is not editable for this user: [Task.content].';
    expect(faultError(400, envelope(104, title), [])).toMatchObject({
      siteStatus: 400,
      siteCode: 104,
      siteErrorId: ID,
      siteMessage: title,
      message: `ShotGrid refused this: ${title}`,
    });
  });

  it('takes the detail where the title says nothing', () => {
    expect(parseFault(404, envelope(104, 'Not Found', 'Version: 999 not found'), []).message).toBe(
      'Version: 999 not found',
    );
  });

  it.each([
    '',
    '<html><h1>403</h1></html>',
    'null',
    '[]',
    '{}',
    '{"errors":{}}',
    '{"errors":[]}',
    '{"errors":[null]}',
    '{"errors":"x"}',
  ])('survives the body %j', (body) => {
    expect(parseFault(400, body, [])).toEqual({ status: 400, code: undefined, errorId: undefined, message: '' });
    expect(faultError(400, body, []).message).not.toMatch(/[<>]|undefined|null/);
  });

  it('does not believe members of the wrong type', () => {
    const body = JSON.stringify({ errors: [{ id: '../../x', code: '104', title: { toString: 1 }, detail: 5 }] });
    expect(parseFault(400, body, [])).toEqual({ status: 400, code: undefined, errorId: undefined, message: '' });
  });

  it('never shows a secret that the site echoes', () => {
    const error = faultError(400, envelope(103, 'bad header: Bearer abc.def.ghi'), ['abc.def.ghi']);
    expect(error.message).toContain('[removed]');
    expect(JSON.stringify(error)).not.toContain('abc.def.ghi');
  });
});

describe('a refusal at the token endpoint', () => {
  it.each([
    ["Cannot 'sudo' - unknown or retired user: 'ann'", 'PersonUnknownError', 'person_unknown'],
    ["Cannot 'sudo' - inactive user account: 'ann'", 'SudoInactiveError', 'sudo_inactive'],
    [
      "Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: 'ann'",
      'SudoFlagOffError',
      'sudo_flag_off',
    ],
    ["The user does not have permission to 'sudo': 'ann'", 'SudoRefusedBySiteError', 'sudo_refused_by_site'],
    ['Sudo ist nicht erlaubt', 'SudoRefusedBySiteError', 'sudo_refused_by_site'],
    // A text that only contains another refusal's words is not that refusal.
    [
      "Cannot 'sudo' - unknown or retired user: 'x': Cannot 'sudo' - inactive user account: 'ann'",
      'PersonUnknownError',
      'person_unknown',
    ],
    ["Denied: Cannot 'sudo' - inactive user account: 'ann'", 'SudoRefusedBySiteError', 'sudo_refused_by_site'],
    ["Can't authenticate script 'understudy'", 'ShotgridUnavailableError', 'shotgrid_unavailable'],
  ])('that says %j is a %s', (title, name, code) => {
    expect(tokenRefusal(400, envelope(102, title), 'ann', [])).toMatchObject({ name, code });
  });

  it('is told by its text only under the code for authentication', () => {
    const title = "Cannot 'sudo' - inactive user account: 'ann'";
    expect(tokenRefusal(400, envelope(103, title), 'ann', []).code).toBe('sudo_refused_by_site');
  });

  it('without sudo means that the script is refused', () => {
    expect(tokenRefusal(400, envelope(102, 'Missing or invalid'), null, [])).toMatchObject({
      code: 'shotgrid_unavailable',
      reason: 'script_refused',
    });
  });

  it('of a kind that is no refusal is no sudo refusal either', () => {
    expect(tokenRefusal(403, '<html>blocked</html>', 'ann', [])).toMatchObject({ reason: 'blocked' });
    expect(tokenRefusal(404, '', 'ann', []).code).toBe('shotgrid_not_found');
  });

  it('says in plain words what to do when the checkbox is off', () => {
    const error = tokenRefusal(
      400,
      envelope(102, "Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: 'ann'"),
      'ann',
      [],
    );
    expect(error.remedy).toContain('"Admins Can Perform Actions As"');
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  ApprovalDeniedError,
  ApprovalExpiredError,
  ApprovalLostError,
  ApprovedByAnotherError,
  refusalOf,
} from '../../src/web/approval-errors.ts';

describe('an approval', () => {
  it.each([
    ['denied', ApprovalDeniedError],
    ['expired', ApprovalExpiredError],
    ['other_person', ApprovedByAnotherError],
    ['lost', ApprovalLostError],
  ] as const)('that is %s is told in words of its own, with a way on', (state, kind) => {
    const refusal = refusalOf(state);
    expect(refusal).toBeInstanceOf(kind);
    expect(refusal?.remedy).toMatch(/\bask (?:ShotGrid )?again\b/i);
  });

  it.each(['waiting', 'approved'] as const)('that is %s is no refusal', (state) => {
    expect(refusalOf(state)).toBeUndefined();
  });
});

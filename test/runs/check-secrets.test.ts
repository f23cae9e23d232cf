import { describe, expect, it } from '@jest/globals';
import type { FormField } from '../../src/actions/form.ts';
import type { Plan } from '../../src/actions/plan.ts';
import { verifyNoSecrets } from '../../src/runs/check-secrets.ts';

const field = (name: string, secret: boolean): FormField => ({
  name,
  secret,
  label: name,
  required: false,
  type: 'text',
  maxLength: 100,
});
const fields = [field('password', true), field('note', false)];

function plan(text: string): Plan {
  const change = { kind: 'update' as const, entityType: 'Version', id: 1, name: 'v001' };
  return { changes: [{ ...change, fields: [{ field: 'description', before: null, after: text }] }], untouched: [] };
}

describe('a plan', () => {
  it.each(['hunter2!', 'with "quotes" \\ and\nlines', 'пароль'])('may not hold the secret %j', (password) => {
    expect(() => verifyNoSecrets(plan(`it is ${password}.`), fields, { password, note: null })).toThrow('secret field');
    expect(() =>
      verifyNoSecrets({ ...plan(''), report: { text: password } }, fields, { password, note: null }),
    ).toThrow();
  });

  it('may hold what is no secret, and what is too short to be told from other text', () => {
    expect(() => verifyNoSecrets(plan('hello there'), fields, { password: null, note: 'hello' })).not.toThrow();
    expect(() => verifyNoSecrets(plan('hello there'), fields, { password: 'he', note: null })).not.toThrow();
  });
});

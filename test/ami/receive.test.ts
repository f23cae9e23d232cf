import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AmiMalformedError, AmiSignatureError, AmiStaleError, AmiWrongSiteError } from '../../src/ami/errors.ts';
import { parseFormBody } from '../../src/ami/form.ts';
import { payloadFromEventLogEntry } from '../../src/ami/light.ts';
import { verifyClick } from '../../src/ami/receive.ts';
import type { ClickRules } from '../../src/ami/receive.ts';
import { ServiceError } from '../../src/errors.ts';

const TOKEN = 's3cret-token-of-the-approve-menu-item';
const { vectors } = JSON.parse(readFileSync(new URL('vectors/signatures.json', import.meta.url), 'utf8')) as {
  readonly vectors: readonly { readonly name: string; readonly body: string }[];
};
const bodyOf = (name: string) => vectors.find((vector) => vector.name === name)!.body;

const RULES: ClickRules = {
  secretTokens: [TOKEN],
  algorithm: 'sha1',
  maxAgeSeconds: 10,
  now: new Date('2026-05-01T12:00:05Z'),
  siteUrl: new URL('https://studio.shotgrid.autodesk.com'),
  allowsUnsignedLight: false,
};

const verify = (body: string, rules: Partial<ClickRules> = {}) =>
  verifyClick(parseFormBody(Buffer.from(body)), { ...RULES, ...rules });

/** Signs fields as a site would: its own few lines, so that they cannot share a mistake with the code under test. */
function signed(fields: Readonly<Record<string, string>>): string {
  const text = Object.entries(fields)
    .filter(([key]) => key !== 'signature')
    .map(([key, value]) => `${key}=${value}\r\n`);
  text.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const signature = createHmac('sha1', TOKEN).update(text.join('')).digest('hex');
  return new URLSearchParams({ ...fields, signature }).toString();
}

const CLICK = Object.fromEntries(new URLSearchParams(bodyOf('grid_page_sha1').replace(/&signature=.*/, '')));

describe('a click that a site signed', () => {
  it('is verified and typed', () => {
    const click = verify(bodyOf('grid_page_sha1'));
    expect(click).toMatchObject({
      kind: 'full',
      payload: { user: { id: 24, login: 'artist' }, entityType: 'Version', selectedIds: [6934, 6935] },
    });
  });

  it('may come in any of its shapes', () => {
    for (const name of ['cross_project_page', 'detail_page', 'title_undefined', 'unknown_keys_are_signed']) {
      expect(verify(bodyOf(name)).kind).toBe('full');
    }
    expect(verify(bodyOf('blank_value_not_signed'))).toMatchObject({ payload: { selectedIds: [] } });
    expect(verify(bodyOf('spaces_after_commas'))).toMatchObject({ payload: { selectedIds: [6934, 6935] } });
  });

  it('has a replay key that its spelling does not change, and that does not show its signature', () => {
    const body = bodyOf('grid_page_sha1');
    const { replayKey } = verify(body);
    const signature = body.slice(-40);
    expect(verify(body.replace(signature, `sha1=${signature}`)).replayKey).toBe(replayKey);
    expect(verify(`note=&${body}`).replayKey).toBe(replayKey);
    expect(verify(body.split('&').reverse().join('&')).replayKey).toBe(replayKey);
    expect(verify(bodyOf('cross_project_page')).replayKey).not.toBe(replayKey);
    expect(replayKey).not.toContain(signature);
    expect(replayKey).toHaveLength(43);
  });

  it('is refused for the first thing that is wrong, in a fixed order', () => {
    const late = { now: new Date('2026-05-02T12:00:00Z') };
    const elsewhere = { siteUrl: new URL('https://other.example') };
    expect(() => verify('title=x', { ...late, ...elsewhere })).toThrow(
      'The form lacks "user_id", "user_login", "server_hostname".',
    );
    expect(() => verify(bodyOf('unsigned'), { ...late, ...elsewhere })).toThrow(AmiSignatureError);
    expect(() => verify(bodyOf('grid_page_sha1'), { ...late, ...elsewhere })).toThrow(AmiStaleError);
    expect(() => verify(bodyOf('grid_page_sha1'), elsewhere)).toThrow(AmiWrongSiteError);
    expect(() => verify(signed({ ...CLICK, ids: 'x' }), elsewhere)).toThrow(AmiWrongSiteError);
    expect(() => verify(signed({ ...CLICK, ids: 'x' }))).toThrow(AmiMalformedError);
  });

  it('needs a timestamp', () => {
    const untimed = Object.fromEntries(Object.entries(CLICK).filter(([key]) => key !== 'timestamp'));
    expect(() => verify(signed(untimed))).toThrow('no timestamp');
    expect(() => verify(signed({ ...CLICK, timestamp: 'yesterday' }))).toThrow(AmiMalformedError);
  });

  it('is refused as a test signs it with another token', () => {
    expect(() => verify(signed(CLICK), { secretTokens: ['another'] })).toThrow(AmiSignatureError);
    expect(() => verify(signed(CLICK))).not.toThrow();
  });
});

describe('a light click', () => {
  const light = { event_log_entry_id: '77', timestamp: '2026-05-01T12:00:00Z' };

  it('is the row to fetch when it is signed', () => {
    expect(verify(signed(light))).toMatchObject({ kind: 'light', light: { eventLogEntryId: 77 } });
  });

  it('is taken unsigned only where the action says so', () => {
    expect(() => verify('event_log_entry_id=77')).toThrow(AmiSignatureError);
    expect(verify('event_log_entry_id=77', { allowsUnsignedLight: true }).kind).toBe('light');
  });

  it('with a wrong, blank or stale signature is refused, also where none is needed', () => {
    const rules = { allowsUnsignedLight: true };
    expect(() => verify(`event_log_entry_id=78&${signed(light).slice(22)}`, rules)).toThrow(AmiSignatureError);
    expect(() => verify('event_log_entry_id=77&signature=', rules)).toThrow(AmiSignatureError);
    expect(() => verify(signed({ event_log_entry_id: '77' }), rules)).toThrow(AmiMalformedError);
    expect(() => verify(signed(light), { ...rules, now: new Date('2026-05-01T12:01:00Z') })).toThrow(AmiStaleError);
  });

  it('of another site is refused', () => {
    const rules = { allowsUnsignedLight: true };
    expect(() => verify('event_log_entry_id=77&server_hostname=other.example', rules)).toThrow(AmiWrongSiteError);
  });

  it('has one replay key per row, signed or not', () => {
    const rules = { allowsUnsignedLight: true };
    const { replayKey } = verify('event_log_entry_id=77', rules);
    expect(verify(signed(light), rules).replayKey).toBe(replayKey);
    expect(verify('event_log_entry_id=78', rules).replayKey).not.toBe(replayKey);
  });
});

/** True when `work` returns or throws what a person may be shown. */
function answers(work: () => unknown): boolean {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // eslint-disable-next-line no-control-regex -- what must not be in a message
    return error.status >= 400 && error.status < 500 && !/[\x00-\x1f\x7f-\uffff]/.test(error.message);
  }
  return true;
}

describe('whatever is sent', () => {
  const keys = fc.constantFrom(...Object.keys(CLICK), 'signature', 'event_log_entry_id', '__proto__', 'sort_columns');
  const values = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', ',', ',,', '0', '-1', '1e9', 'undefined', '\r\n', '%00', '/', '//', '\u202e', 'é'.repeat(300)),
    fc.integer().map(String),
    fc.array(fc.integer({ min: 1 })).map((ids) => ids.join(', ')),
  );

  it('is answered by a 4xx at most: bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) =>
        answers(() => verifyClick(parseFormBody(Buffer.from(bytes)), { ...RULES, allowsUnsignedLight: true })),
      ),
      { numRuns: 2000 },
    );
  });

  it('is answered by a 4xx at most: bytes changed in a good form', () => {
    const good = Buffer.from(bodyOf('unicode_and_reserved_characters'));
    const edit = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.constantFrom('set', 'insert', 'remove'));
    const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let bytes = [...good];
      for (const [at, byte, kind] of edits) {
        bytes = bytes.toSpliced(at, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [byte]));
      }
      return answers(() => verifyClick(parseFormBody(Buffer.from(bytes)), RULES));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it('is answered by a 4xx at most: fields changed, and signed all the same', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, values), { maxLength: 5 }), (changes) => {
        return answers(() => verify(signed({ ...CLICK, ...Object.fromEntries(changes) })));
      }),
      { numRuns: 3000 },
    );
  });

  it('never accepts a signed form of which a filled value was changed', () => {
    const body = bodyOf('grid_page_sha1');
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(CLICK)), values, (key, value) => {
        fc.pre(value.toWellFormed() !== CLICK[key]);
        const params = new URLSearchParams(body);
        params.set(key, value);
        expect(() => verify(params.toString())).toThrow(ServiceError);
      }),
      { numRuns: 2000 },
    );
  });

  it('is answered by a 4xx at most: event log rows', () => {
    const amiPayload = fc.dictionary(keys, fc.oneof(values, fc.jsonValue()), { noNullPrototype: true });
    const row = fc.record({
      created_at: fc.oneof(fc.constant('2026-05-01T12:00:00Z'), fc.jsonValue()),
      user: fc.oneof(fc.constant({ type: 'HumanUser', id: 24 }), fc.jsonValue()),
      meta: fc.record({ ami_payload: amiPayload.map((changes) => ({ ...CLICK, ...changes })) }),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), row), (entry) => answers(() => payloadFromEventLogEntry(entry, RULES))),
      { numRuns: 2000 },
    );
  });
});

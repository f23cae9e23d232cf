import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formSchema } from '../../src/actions/form-schema.ts';
import {
  checkForm,
  linkKey,
  lookupsFor,
  pickName,
  rawOf,
  readRawForm,
  textKey,
  type Found,
  type RawForm,
} from '../../src/actions/form-values.ts';
import type { FormLink, FormValue } from '../../src/actions/form.ts';
import type { FieldProblem } from '../../src/actions/form-scalars.ts';
import { inEnglish } from '../../src/texts/said.ts';

const nothing: Found = { statuses: new Map(), links: new Map(), matches: new Map() };
const SHOTS: readonly FormLink[] = [
  { type: 'Shot', id: 860, name: 'HSM_10_0010' },
  { type: 'Shot', id: 861, name: 'HSM_10_0010_b' },
];

function fieldsOf(...fields: readonly object[]) {
  return formSchema.parse(fields.map((field, at) => ({ name: `f${at}`, label: 'A field', ...field })));
}

function raw(posted: Readonly<Record<string, string | readonly string[]>>): RawForm {
  return new Map(Object.entries(posted).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]));
}

/** The value of a form of one field, or what is wrong with it. */
function check(field: object, posted: string | readonly string[] | undefined, found = nothing): unknown {
  const checked = checkForm(fieldsOf(field), raw(posted === undefined ? {} : { f0: posted }), found);
  return checked.values === undefined ? toldOf(checked.problems)?.message : checked.values['f0'];
}

/** What the page says beside the field. */
function toldOf(problems: ReadonlyMap<string, FieldProblem>) {
  const problem = problems.get('f0');
  return problem && { ...problem, message: inEnglish(problem.message) };
}

describe('a form', () => {
  it.each<readonly [string, object, string | readonly string[] | undefined, FormValue]>([
    ['text, trimmed', { type: 'text' }, '  hello ', 'hello'],
    ['text left blank', { type: 'text' }, '   ', null],
    ['a field that was not sent', { type: 'text' }, undefined, null],
    ['a secret as it was typed', { type: 'text', secret: true }, ' pass ', ' pass '],
    ['text of the asked form', { type: 'text', pattern: '[A-Z]{3}' }, 'ABC', 'ABC'],
    ['several lines', { type: 'long_text' }, 'a\r\nb', 'a\nb'],
    ['a number', { type: 'number' }, '-1.50', -1.5],
    ['zero without its sign', { type: 'number' }, '-0', 0],
    ['a date', { type: 'date' }, '2028-02-29', '2028-02-29'],
    ['a ticked box', { type: 'checkbox' }, 'on', true],
    ['a box that is not ticked', { type: 'checkbox' }, undefined, false],
    ['a choice', { type: 'choice', options: ['a', { value: 'b', label: 'B' }] }, 'b', 'b'],
  ])('takes %s', (_name, field, posted, value) => {
    expect(check(field, posted)).toEqual(value);
  });

  it.each<readonly [string, object, string | readonly string[] | undefined, string]>([
    ['a required text left blank', { type: 'text', required: true }, ' ', 'Fill this in'],
    ['an agreement not given', { type: 'checkbox', required: true }, undefined, 'Tick this box'],
    ['text that is too long', { type: 'text', max_length: 3 }, 'abcd', '4 characters long; at most 3'],
    ['text of another form', { type: 'text', pattern: '[A-Z]{3}' }, 'ABCD', 'not of the form'],
    ['half a match of an alternative', { type: 'text', pattern: 'a|b' }, 'ab', 'not of the form'],
    ['two lines in a line', { type: 'text' }, 'a\nb', 'one line'],
    ['control characters', { type: 'long_text' }, 'a\u0000b', 'no text'],
    ['words for a number', { type: 'number' }, 'twelve', 'number such as'],
    ['hexadecimal', { type: 'number' }, '0x10', 'number such as'],
    ['infinity', { type: 'number' }, 'Infinity', 'number such as'],
    ['a number that loses digits', { type: 'number' }, '9007199254740993', 'too large'],
    ['a part of a whole', { type: 'number', integer: true }, '1.5', 'whole number'],
    ['a number below', { type: 'number', min: 2 }, '1', '2 or more'],
    ['a number above', { type: 'number', max: 2 }, '3', '2 or less'],
    ['a day that does not exist', { type: 'date' }, '2026-02-30', 'a date such as'],
    ['a date too early', { type: 'date', min: '2026-05-01' }, '2026-04-30', '2026-05-01 or later'],
    ['a date too late', { type: 'date', max: '2026-05-01' }, '2026-05-02', '2026-05-01 or earlier'],
    ['something not on the list', { type: 'choice', options: ['a'] }, 'constructor', 'one of the list'],
    ['a value sent twice', { type: 'text' }, ['a', 'b'], 'more than once'],
    ['a tick that is none', { type: 'checkbox' }, 'perhaps', 'either ticked or not'],
    ['a status of nowhere', { type: 'status', entity_type: 'Version' }, 'apr', 'statuses that this project uses'],
  ])('refuses %s', (_name, field, posted, message) => {
    expect(check(field, posted)).toContain(message);
  });

  it('stops a pattern that would take for ever', () => {
    const started = Date.now();
    expect(check({ type: 'text', pattern: '(a+)+b' }, 'a'.repeat(60))).toContain('takes too long');
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('takes the statuses that the project uses', () => {
    const found = { ...nothing, statuses: new Map([['Version', ['rev', 'apr']]]) };
    expect(check({ type: 'status', entity_type: 'Version' }, 'apr', found)).toBe('apr');
    expect(check({ type: 'status', entity_type: 'Version' }, 'omt', found)).toContain('statuses that this project');
  });

  it('asks a field only when the one above it says so', () => {
    const fields = fieldsOf(
      { type: 'choice', options: ['existing', 'new'], required: true },
      { type: 'text', required: true, only_when: { field: 'f0', is: ['new'] } },
      { type: 'text', required: true, only_when: { field: 'f1', is: ['never reached'] } },
    );
    expect(checkForm(fields, raw({ f0: 'existing', f1: 'left over' }), nothing).values).toEqual({
      f0: 'existing',
      f1: null,
      f2: null,
    });
    expect([...checkForm(fields, raw({ f0: 'new' }), nothing).problems!.keys()]).toEqual(['f1']);
  });

  it('names every field that is wrong, not the first alone', () => {
    const fields = fieldsOf({ type: 'number', required: true }, { type: 'date', required: true }, { type: 'text' });
    expect([...checkForm(fields, raw({ f0: 'x' }), nothing).problems!.keys()]).toEqual(['f0', 'f1']);
  });

  it('keeps nothing of what no field asks for, and says its name', () => {
    const fields = fieldsOf({ type: 'text' });
    const body = JSON.parse('{"csrf":"c","f0":"a","f0.pick":"Shot:1","__proto__":"x","f1":{"a":"b"}}') as unknown;
    const { raw: kept, unknown } = readRawForm(fields, body, ['csrf']);
    expect([...kept]).toEqual([['f0', ['a']]]);
    expect(unknown).toEqual(['f0.pick', '__proto__', 'f1']);
  });

  it('gives every field an own value and throws at nothing, whatever is posted', () => {
    const fields = fieldsOf(
      { type: 'text', pattern: '\\w*' },
      { type: 'long_text' },
      { type: 'number' },
      { type: 'checkbox' },
      { type: 'date' },
      { type: 'choice', options: ['a'] },
      { type: 'status', entity_type: 'Version' },
      { type: 'entity', entity_types: ['Shot', 'Asset'], multiple: true },
      { type: 'user' },
    );
    const name = fc.oneof(
      fc.constantFrom(...fields.map((field) => field.name), 'f7.pick', 'f8.pick', '__proto__', 'constructor'),
      fc.string(),
    );
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Shot:860', 'Shot 1', '2026-01-01', '1e9'));
    fc.assert(
      fc.property(fc.dictionary(name, fc.oneof(text, fc.array(text), fc.object())), (body) => {
        const { raw: posted } = readRawForm(fields, body, []);
        lookupsFor(fields, posted);
        const { values, problems } = checkForm(fields, posted, nothing);
        if (values === undefined) expect(problems.size).toBeGreaterThan(0);
        else {
          expect(Object.keys(values)).toEqual(fields.map((field) => field.name));
          expect(Object.getPrototypeOf(values)).toBeNull();
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a link in a form', () => {
  const links = new Map(SHOTS.map((shot) => [linkKey(shot.type, shot.id), shot]));
  const found: Found = {
    ...nothing,
    links,
    matches: new Map([
      [textKey('0010', ['Shot']), SHOTS],
      [textKey('hsm_10_0010', ['Shot']), SHOTS],
      [textKey('0010_b', ['Shot']), SHOTS.slice(1)],
    ]),
  };
  const one = fieldsOf({ type: 'entity', entity_types: ['Shot'] });
  const many = fieldsOf({ type: 'entity', entity_types: ['Shot'], multiple: true });
  const valueOf = (fields: typeof one, posted: Parameters<typeof raw>[0]): unknown => {
    const { values, problems } = checkForm(fields, raw(posted), found);
    return values === undefined ? toldOf(problems) : values['f0'];
  };

  it('asks the site for what was chosen and for what was typed', () => {
    const fields = fieldsOf({ type: 'entity', entity_types: ['Shot', 'Asset'], multiple: true }, { type: 'user' });
    expect(
      lookupsFor(
        fields,
        raw({ f0: 'Shot 5, captain', [pickName('f0')]: ['Asset:7', 'Task:9', 'nonsense'], f1: '#24' }),
      ),
    ).toEqual({
      statusTypes: [],
      links: [
        { type: 'Asset', id: 7 },
        { type: 'Shot', id: 5 },
        { type: 'HumanUser', id: 24 },
      ],
      texts: [{ text: 'captain', types: ['Shot', 'Asset'] }],
    });
  });

  it('is the row that was chosen, by the name that the site gives it', () => {
    expect(valueOf(one, { 'f0.pick': 'Shot:860' })).toEqual(SHOTS[0]);
  });

  it('is the row of exactly the typed name, or the only one that holds it', () => {
    expect(valueOf(one, { f0: 'hsm_10_0010' })).toEqual(SHOTS[0]);
    expect(valueOf(one, { f0: '0010_b' })).toEqual(SHOTS[1]);
    expect(valueOf(one, { f0: 'Shot 861' })).toEqual(SHOTS[1]);
    expect(valueOf(one, { f0: '#861' })).toEqual(SHOTS[1]);
  });

  it('that may be several rows is asked back with all of them, and settled by the one that is picked', () => {
    expect(valueOf(one, { f0: '0010' })).toMatchObject({ message: expect.stringContaining('Several'), choices: SHOTS });
    expect(valueOf(one, { f0: '0010', 'f0.pick': 'Shot:861' })).toEqual(SHOTS[1]);
    expect(valueOf(many, { f0: '0010', 'f0.pick': ['Shot:861', 'Shot:860'] })).toEqual([SHOTS[1], SHOTS[0]]);
  });

  it('that is typed replaces the one that was chosen before', () => {
    expect(valueOf(one, { f0: '0010_b', 'f0.pick': 'Shot:860' })).toEqual(SHOTS[1]);
  });

  it('gathers what was chosen and typed, each row once', () => {
    expect(valueOf(many, { f0: '0010_b, Shot 860', 'f0.pick': ['Shot:860'] })).toEqual([SHOTS[0], SHOTS[1]]);
  });

  it('is posted again as the row it was found to be', () => {
    const { values } = checkForm(one, raw({ f0: '0010_b' }), found);
    expect([...rawOf(one, values!)]).toEqual([['f0.pick', ['Shot:861']]]);
    expect(checkForm(one, rawOf(one, values!), found).values).toEqual(values);
    expect(rawOf(one, values!, () => false).size).toBe(0);
  });

  it('of several that is picked replaces the one from before', () => {
    expect(valueOf(one, { f0: '0010_b', 'f0.pick': ['Shot:860', 'Shot:861'] })).toEqual(SHOTS[1]);
  });

  it.each([
    ['is not there', { 'f0.pick': 'Shot:999' }, 'not there any more'],
    ['is of another type', { 'f0.pick': 'Task:860' }, 'not there any more'],
    ['is no row at all', { 'f0.pick': 'Shot:0; drop' }, 'not there any more'],
    ['is called like nothing', { f0: 'nowhere' }, 'called “nowhere”'],
    ['is one too many', { 'f0.pick': ['Shot:860', 'Shot:861'] }, 'only one'],
  ])('is refused when it %s', (_name, posted, message) => {
    expect(valueOf(one, posted)).toMatchObject({ message: expect.stringContaining(message) });
  });
});

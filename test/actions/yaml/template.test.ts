import { describe, expect, it } from '@jest/globals';
import { parseTemplate, type Scope } from '../../../src/actions/yaml/template.ts';

const scope: Scope = {
  row: {
    type: 'Version',
    id: 7,
    name: 'v7',
    sg_task: { type: 'Task', id: 3, name: 'Comp' },
    'entity.Shot.code': 'sh010',
    due_date: '2026-02-27',
  },
  form: {
    note: 'Nice {{ person.login }}',
    days: 3,
    people: [{ type: 'HumanUser', id: 1, name: 'A' }],
    yes: true,
    blank: null,
  },
  person: { type: 'HumanUser', id: 24, login: 'artist', name: 'Alma' },
  project: null,
  selection: [{ type: 'Version', id: 7, name: 'v7' }],
  now: '2026-05-01T12:00:00Z',
  today: '2026-05-01',
};

const evaluate = (value: Parameters<typeof parseTemplate>[0]) => parseTemplate(value).evaluate(scope);

describe('a value of an action file', () => {
  it('is itself when it holds no template', () => {
    for (const value of ['apr', 3, true, null, { type: 'Shot', id: 1 }]) expect(evaluate(value)).toEqual(value);
  });

  it('gives the value itself, not its text, when it is one expression', () => {
    expect(evaluate('{{ row.sg_task }}')).toEqual({ type: 'Task', id: 3, name: 'Comp' });
    expect(evaluate('{{ form.people }}')).toEqual([{ type: 'HumanUser', id: 1, name: 'A' }]);
    expect(evaluate('{{ form.days }}')).toBe(3);
    expect(evaluate('{{ form.blank }}')).toBeNull();
    expect(evaluate('{{ form.yes == true }}')).toBe(true);
  });

  it('gives text when there is text around', () => {
    expect(evaluate('{{ row.name }} for {{ row["entity.Shot.code"] }}')).toBe('v7 for sh010');
  });

  it('never runs what a person typed as a template', () => {
    expect(evaluate('{{ form.note }}')).toBe('Nice {{ person.login }}');
    expect(evaluate('Says: {{ form.note }}')).toBe('Says: Nice {{ person.login }}');
  });

  it('makes one list of lists', () => {
    expect(evaluate(['{{ row.sg_task }}', '{{ selection }}'])).toHaveLength(2);
  });

  it('shifts dates, and leaves blank what is no date', () => {
    expect(evaluate('{{ row.due_date | add_days: form.days }}')).toBe('2026-03-02');
    expect(evaluate('{{ row.nothing | add_days: 1 }}')).toBeNull();
  });

  it('says which variables it names', () => {
    expect(parseTemplate('{{ row.sg_task.name }} {{ row["entity.Shot.code"] }}').paths).toEqual([
      ['row', 'sg_task', 'name'],
      ['row', 'entity.Shot.code'],
    ]);
  });

  it.each(['{{ form.constructor }}', '{{ row.__proto__.polluted }}', '{{ form.note.constructor.constructor }}'])(
    'reads nothing through a prototype: %s',
    (text) => expect(evaluate(text)).toBeNull(),
  );

  it.each([
    '{% include "x" %}',
    '{% render "/etc/passwd" %}',
    '{% layout "x" %}',
    '{{ x | nosuchfilter }}',
    '{% if %}',
  ])('refuses %s when the file is read', (text) => {
    expect(() => parseTemplate(text)).toThrow();
  });

  it('stops a loop that does not end', () => {
    expect(() => evaluate('{% for i in (1..100000000) %}{{ i }}{% endfor %} ')).toThrow(/limit/i);
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseYamlAction } from '../../../src/actions/yaml/file.ts';

const good = `title: Approve
entity_types: [Version]
set:
  sg_status_list: apr
`;

describe('an action file', () => {
  it('becomes a definition with the documented defaults', () => {
    expect(parseYamlAction('approve', good).action).toMatchObject({
      id: 'approve',
      title: 'Approve',
      entityTypes: ['Version'],
      lightPayload: false,
      maxRows: 5000,
      signatureAlgorithm: undefined,
    });
  });

  it('says that the person acts by their own session, and nothing else of the kind', () => {
    expect(parseYamlAction('x', `${good}as: self\n`).action).toMatchObject({ as: 'self' });
    expect(parseYamlAction('x', good).action?.as).toBeUndefined();
    expect(parseYamlAction('x', `${good}as: admin\n`).problems?.join()).toMatch(/line 5: as: can only be self/);
  });

  it.each([
    ['an unknown key', good + 'sett: {}\n', /line \d+: .*sett/],
    ['a missing title', good.replace('title: Approve\n', ''), /title/],
    [
      'nothing to set',
      good.replace('  sg_status_list: apr\n', '  {}\n'),
      /line \d+: set: must name at least one field/,
    ],
    ['a field name that is no field code', good.replace('sg_status_list', 'Status!'), /set\.Status!/],
    [
      'an entity type that is none',
      good.replace('[Version]', '[version]'),
      /line 2: entity_types\.0: must be an entity type/,
    ],
    ['a key given twice', good + 'title: Again\n', /line 5: .*unique/],
    ['text that is no YAML', 'title: [', /line 1/],
    ['a list where a mapping belongs', '- a\n- b\n', /line 1/],
    ['an empty file', '', /line 1/],
    [
      'a variable that is not one of token lists',
      good + 'secret_tokens: SHOTGRID_SCRIPT_KEY\n',
      /line 5: secret_tokens/,
    ],
  ])('is refused with its line for %s', (_, text, problem) => {
    expect(parseYamlAction('x', text).problems?.join('\n')).toMatch(problem);
  });

  it('is refused when it uses aliases, so that an alias bomb costs nothing', () => {
    const bomb = [
      'a: &a [x,x]',
      ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [*${'abcdefgh'[i]!},*${'abcdefgh'[i]!}]`),
    ];
    expect(parseYamlAction('x', bomb.join('\n')).problems?.join()).toContain('aliases are not allowed');
  });

  it('tells every problem at once', () => {
    expect(parseYamlAction('x', 'titel: A\nentity_types: []\nset: {A: 1}\n').problems?.length).toBeGreaterThanOrEqual(
      3,
    );
  });

  it('does not let a key reach an object prototype', () => {
    parseYamlAction('x', good.replace('sg_status_list: apr', '__proto__: {polluted: true}'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ActionDefinition } from '../../../src/actions/definition.ts';
import { serviceProblems } from '../../../src/actions/remote/remote-action.ts';
import { parseYamlAction } from '../../../src/actions/yaml/file.ts';
import { contextFor } from './site.ts';

const GOOD = `title: Send to farm
entity_types: [Version]
form:
  - { name: pin, type: text, label: PIN, secret: true }
touches:
  - update: Version
    fields: [sg_status_list]
  - create: Note
    fields: [subject]
remote:
  url: https://farm.studio.example/plan
  secret: REMOTE_SECRET_FARM
  fields: [code]
  secret_fields: [pin]
  assertion: { audience: farm }
`;

describe('an action file with the key remote', () => {
  it('becomes a definition like any other', async () => {
    const { action, problems } = parseYamlAction('send-to-farm', GOOD);
    expect(problems).toBeUndefined();
    expect(action).toMatchObject({
      id: 'send-to-farm',
      kind: 'remote',
      confirmation: 'click',
      maxRows: 5000,
      touches: [
        { operation: 'update', entityType: 'Version', fields: ['sg_status_list'] },
        { operation: 'create', entityType: 'Note', fields: ['subject'] },
      ],
      remote: { origin: 'https://farm.studio.example', secretVariable: 'REMOTE_SECRET_FARM' },
      proof: { kind: 'assertion', audience: 'farm' },
    });
    await expect(action!.plan(contextFor())).rejects.toMatchObject({
      code: 'remote_unavailable',
      reason: 'not_configured',
    });
  });

  it('that touches nothing only reports, and needs no confirmation', () => {
    const { action } = parseYamlAction('report', GOOD.replace(/touches:[^]*?(?=remote:)/, ''));
    expect(action).toMatchObject({ touches: [], confirmation: 'never' });
  });

  it('is the example that stands beside the example service', () => {
    const text = readFileSync(
      new URL('../../../infra/examples/python-action/check-names.yml', import.meta.url),
      'utf8',
    );
    expect(parseYamlAction('check-names', text)).toMatchObject({ action: { kind: 'remote' } });
  });

  it.each<[string, string, string]>([
    [
      'secret: REMOTE_SECRET_FARM',
      'secret: SHOTGRID_SCRIPT_KEY',
      'line 12: remote.secret: must name a variable REMOTE_SECRET_…',
    ],
    ['https://farm', 'http://farm', 'line 11: remote.url: must be an https address (http only on this machine itself)'],
    ['  fields: [code]', '  feilds: [code]', 'line 13: remote.feilds: is not known here (did you mean "fields"?)'],
    [
      'secret_fields: [pin]',
      'secret_fields: [pim]',
      'line 14: remote.secret_fields: the form has no secret field "pim"',
    ],
    ['  - update: Version', '  - updates: Version', 'line 6: touches.0: must be update: Type with fields'],
    ['assertion: { audience: farm }', 'assertion: {}', 'line 15: remote.assertion.audience: '],
    ['remote:', 'set: { sg_status_list: apr }\nremote:', 'remote: belongs to a file without set and do'],
  ])('that says %s as %s is told where and what', (from, to, problem) => {
    const { problems } = parseYamlAction('x', GOOD.replace(from, to));
    expect(problems?.join('\n')).toContain(problem);
  });

  it('needs the key: touches alone is for nobody', () => {
    const { problems } = parseYamlAction('x', GOOD.replace(/remote:[^]*/, 'set: { sg_status_list: apr }\n'));
    expect(problems?.join()).toContain('touches: belongs to remote');
  });
});

describe('what a server must be set up with for it', () => {
  const { action } = parseYamlAction('send-to-farm', GOOD) as { action: ActionDefinition };
  const known = {
    origins: ['https://farm.studio.example'],
    secretVariables: new Set(['REMOTE_SECRET_FARM']),
    offersTokenExchange: false,
  };

  it('is the origin, the secret, and the exchange of tokens where that is asked for', () => {
    expect(serviceProblems(known)(action)).toEqual([]);
    expect(serviceProblems({ ...known, origins: ['https://farm.studio.example:8443'] })(action)).toEqual([
      'remote.url: https://farm.studio.example is not listed in REMOTE_ORIGINS',
    ]);
    expect(serviceProblems({ ...known, secretVariables: new Set() })(action)).toEqual([
      'remote.secret: the variable REMOTE_SECRET_FARM is not set',
    ]);
    const exchanging: ActionDefinition = { ...action, proof: { kind: 'access_token', audience: 'farm' } };
    expect(serviceProblems(known)(exchanging)).toHaveLength(1);
    expect(serviceProblems({ ...known, offersTokenExchange: true })(exchanging)).toEqual([]);
  });

  it('is nothing for actions of other kinds', () => {
    const nothing = { origins: [], secretVariables: new Set<string>(), offersTokenExchange: false };
    const { action: plain } = parseYamlAction('x', 'title: x\nentity_types: [Version]\nset: { sg_status_list: apr }\n');
    expect(serviceProblems(nothing)(plain!)).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { answerSchema, planJsonSchema } from '../../../src/actions/remote/answer.ts';

const published = planJsonSchema('https://understudy.studio.example/actions/plan.schema.json');

describe('the published schema of a plan', () => {
  it('says where it is, and which JSON Schema it speaks', () => {
    expect(published).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://understudy.studio.example/actions/plan.schema.json',
      type: 'object',
      additionalProperties: false,
    });
  });

  it('names the same keys as what is checked, at every level', () => {
    expect(Object.keys(published['properties'] as object)).toEqual(Object.keys(answerSchema.shape));
    const text = JSON.stringify(published);
    for (const key of [
      '"const":"update"',
      '"const":"create"',
      '"const":"delete"',
      'contentType',
      'base64',
      '"minProperties":1',
    ]) {
      expect(text).toContain(key);
    }
    expect(text).not.toContain('revive');
  });

  it('asks for nothing that has a default', () => {
    expect(published).not.toHaveProperty('required');
    expect(answerSchema.parse({})).toEqual({ version: 1, changes: [] });
  });
});

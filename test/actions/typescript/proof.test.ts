import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadTypescriptAction } from '../../../src/actions/typescript/load.ts';
import { contextFor } from '../remote/site.ts';

describe('a TypeScript action', () => {
  it('gets proof for the service that it names', async () => {
    const action = await load('prove');
    expect(action.proof).toEqual({ kind: 'assertion', audience: 'farm' });
    const proof = { kind: 'assertion', token: 'a.b.c', expiresAt: undefined } as const;
    const plan = await action.plan(contextFor({ proof: () => Promise.resolve(proof) }));
    expect(plan.report).toEqual({ text: 'assertion of 5' });
  });

  it('that names none gets none', async () => {
    const action = await load('prove-unnamed');
    expect(action.proof).toBeUndefined();
    await expect(action.plan(contextFor())).rejects.toThrow('names no service');
  });

  it('that changes rows may not hand the person to a worker as well', async () => {
    await expect(load('hand-off-and-change')).rejects.toThrow('handOff: is only for an action that touches nothing');
  });
});

async function load(name: string) {
  const path = fileURLToPath(new URL(`./files/${name}.ts`, import.meta.url));
  const { action, problems } = await loadTypescriptAction(name, path, '1');
  if (action === undefined) throw new Error(problems.join());
  return action;
}

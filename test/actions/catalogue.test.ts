import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadCatalogue } from '../../src/actions/catalogue.ts';
import { ActionFilesError, ActionUnknownError } from '../../src/actions/errors.ts';

const good = 'title: Approve\nentity_types: [Version]\nset: {sg_status_list: apr}\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-actions-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(folder, name), text);

describe('the catalogue', () => {
  it('serves the files of a folder by their names', async () => {
    await write('approve.yml', good);
    await write('notes.txt', 'not an action');
    const catalogue = await loadCatalogue(folder);
    expect(catalogue.all().map(({ id }) => id)).toEqual(['approve']);
    expect(catalogue.get('approve').title).toBe('Approve');
  });

  it.each(['constructor', '__proto__', '../approve', 'Approve', 'approve.yml', ''])(
    'has no action "%s"',
    async (id) => {
      await write('approve.yml', good);
      const catalogue = await loadCatalogue(folder);
      expect(() => catalogue.get(id)).toThrow(ActionUnknownError);
    },
  );

  it('does not start with a broken file, and names every problem of every file at once', async () => {
    await write('a.yml', 'titel: A\n');
    await write('b.yml', good.replace('Version', 'version'));
    await write('Bad Name.yml', good);
    const error: unknown = await loadCatalogue(folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionFilesError);
    const problems = (error as ActionFilesError).problems.join('\n');
    for (const name of ['a.yml: line 1', 'b.yml: line 2', 'Bad Name.yml: the name of'])
      expect(problems).toContain(name);
  });

  it('names two files of one id', async () => {
    await write('approve.yml', good);
    await write('approve.yaml', good);
    await expect(loadCatalogue(folder)).rejects.toThrow(
      'approve.yml: another file defines the action "approve" already',
    );
  });

  it('reads a changed file anew, keeps the last good action of a broken one and names it, and forgets a deleted one', async () => {
    await write('approve.yml', good);
    const catalogue = await loadCatalogue(folder);
    expect(await catalogue.refresh()).toBe(false);

    await write('approve.yml', good.replace('title: Approve', 'title: Approve it'));
    expect(await catalogue.refresh()).toBe(true);
    expect(catalogue.get('approve').title).toBe('Approve it');

    await write('approve.yml', 'title: [broken');
    expect(await catalogue.refresh()).toBe(true);
    expect(catalogue.get('approve').title).toBe('Approve it');
    expect(catalogue.problems().join()).toMatch(/^approve\.yml: line 1/);

    await rm(join(folder, 'approve.yml'));
    await catalogue.refresh();
    expect(() => catalogue.get('approve')).toThrow(ActionUnknownError);
    expect(catalogue.problems()).toEqual([]);
  });

  it('does not serve an action that fails the caller’s own check', async () => {
    await write('approve.yml', good);
    await expect(loadCatalogue(folder, ({ id }) => [`${id} lacks its secret`])).rejects.toThrow(
      'approve.yml: approve lacks its secret',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import request from 'supertest';
import { createAssets } from '../../src/web/assets.ts';

describe('assets', () => {
  it('have an address that holds their hash, and may be kept for good', async () => {
    await withFolder({ 'a.css': 'body{}' }, async (folder) => {
      const assets = createAssets(folder);
      const href = assets.href('a.css');
      expect(href).toMatch(/^\/assets\/a\.[\w-]{12}\.css$/);
      const answer = await request(express().use(assets.router)).get(href);
      expect(answer.text).toBe('body{}');
      expect(answer.headers).toMatchObject({
        'content-type': 'text/css; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
      });
    });
  });

  it('change their address with their content', async () => {
    const hrefOf = async (text: string) => {
      let href = '';
      await withFolder({ 'a.css': text }, (folder) => {
        href = createAssets(folder).href('a.css');
        return Promise.resolve();
      });
      return href;
    };
    expect(await hrefOf('one')).not.toBe(await hrefOf('two'));
  });

  it('are no way into the folder', async () => {
    await withFolder({ 'a.css': 'body{}' }, async (folder) => {
      const app = express().use(createAssets(folder).router);
      for (const path of [
        '/assets/a.css',
        '/assets/..%2f..%2fetc%2fpasswd',
        '/assets/',
        '/assets/a.xxxxxxxxxxxx.css',
      ]) {
        expect((await request(app).get(path)).status).toBe(404);
      }
    });
  });

  it('that a page names wrongly are an error, so that such a page is not shipped', async () => {
    await withFolder({}, (folder) => {
      expect(() => createAssets(folder).href('missing.css')).toThrow('missing.css');
      return Promise.resolve();
    });
  });
});

async function withFolder(files: Readonly<Record<string, string>>, use: (folder: URL) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-assets-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await use(pathToFileURL(`${folder}/`));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

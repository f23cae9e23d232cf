/** Style sheet, scripts and pictures: read once, served under names that hold their hash, so that a browser may keep them for good. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Router } from 'express';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

export type Assets = {
  /** Path of an asset as pages name it. @throws when there is no such asset: a page with a typing error must not ship. */
  readonly href: (name: string) => string;
  readonly router: Router;
};

export function createAssets(folder: URL): Assets {
  const router = Router();
  const hrefs = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const body = readFileSync(new URL(name, folder));
    const [stem = '', ending = ''] = name.split('.');
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
    const href = `/assets/${stem}.${hash}.${ending}`;
    hrefs.set(name, href);
    router.get(href, (_request, response) => {
      response
        .set('Cache-Control', 'public, max-age=31536000, immutable')
        .type(TYPES[ending] ?? 'application/octet-stream')
        .send(body);
    });
  }
  return {
    href: (name) => {
      const href = hrefs.get(name);
      if (href === undefined) throw new Error(`no asset is called ${name}`);
      return href;
    },
    router,
  };
}

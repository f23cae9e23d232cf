import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { securityHeaders } from '../../src/web/security-headers.ts';

const HTTPS = 'https://understudy.studio.example';

describe('what a browser may do with our pages', () => {
  it('no script, style or connection but our own, and forms that lead to ourselves and the provider', async () => {
    const { headers } = await get('/');
    const policy = String(headers['content-security-policy']);
    expect(policy.split(';').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'self' https://idp.example",
      "frame-ancestors 'none'",
      "img-src 'self'",
      "require-trusted-types-for 'script'",
      "script-src 'self'",
      "style-src 'self'",
      "trusted-types 'none'",
    ]);
    expect(policy).not.toContain('unsafe');
  });

  it.each(['/launches/x', '/runs/x', '/ami/approve'])('%s may be framed by the site alone', async (path) => {
    const { headers } = await get(path);
    expect(headers['content-security-policy']).toContain('frame-ancestors https://site.example');
    expect(headers).not.toHaveProperty('x-frame-options');
  });

  it.each(['/', '/audit', '/login', '/runs', '/launchesx/', '/x/launches/'])(
    '%s may be framed by nobody',
    async (path) => {
      const { headers } = await get(path);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-frame-options']).toBe('DENY');
    },
  );

  it('is kept by nobody, but for pictures and styles', async () => {
    expect((await get('/launches/x')).headers['cache-control']).toBe('no-store');
    expect((await get('/assets/x.css')).headers).not.toHaveProperty('cache-control');
  });

  it('is https for good where it is https', async () => {
    expect((await get('/')).headers['strict-transport-security']).toBe('max-age=31536000');
    expect((await get('/', 'http://localhost:8080')).headers).not.toHaveProperty('strict-transport-security');
  });

  it('is told to nobody else', async () => {
    const { headers } = await get('/');
    expect(headers['referrer-policy']).toBe('same-origin');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(headers['permissions-policy']).toMatch(/^(?:[a-z-]+=\(\)(?:, |$))+$/);
  });
});

function get(path: string, publicUrl = HTTPS) {
  const app = express();
  app.use(
    securityHeaders({ publicUrl, siteUrl: 'https://site.example', issuerUrl: 'https://idp.example/realms/studio' }),
  );
  app.use((_request, response) => void response.send('page'));
  return request(app).get(path);
}

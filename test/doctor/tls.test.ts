import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tlsChecks } from '../../src/doctor/tls-checks.ts';
import { createAuthority, type Authority, type Certificate } from '../support/certificates.ts';
import { startFront } from './front.ts';
import { find } from './looking.ts';

const folder = mkdtempSync(join(tmpdir(), 'understudy-tls-'));
const trusted = getCACertificates('default');
let authority: Authority;
beforeAll(() => {
  authority = createAuthority(folder);
});
afterAll(() => {
  setDefaultCACertificates(trusted);
  rmSync(folder, { recursive: true });
});

/** The finding about an address that shows this certificate. */
async function findingOn(certificate: Certificate, [id, variable] = ['tls_public', 'PUBLIC_URL'], more = {}) {
  const front = await startFront('http://127.0.0.1:1', {}, certificate);
  try {
    const found = await find(id, tlsChecks, { env: { [variable]: front.url, ...more } });
    return { ...found, saw: found.saw?.replace(new URL(front.url).host, 'HOST') };
  } finally {
    await front.close();
  }
}

describe('a certificate', () => {
  it('of an authority that nobody trusts is a failure', async () => {
    expect(await findingOn(authority.certify('localhost', 100))).toEqual({
      level: 'failure',
      saw: expect.stringMatching(
        /^The certificate of HOST is not from an authority that this machine trusts \(\w+\)\.$/,
      ),
      remedy: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  describe('of an authority that is trusted', () => {
    beforeAll(() => setDefaultCACertificates([...trusted, authority.cert]));

    it.each([
      ['tls_public', 'PUBLIC_URL'],
      ['tls_site', 'SHOTGRID_URL'],
      ['tls_idp', 'OIDC_ISSUER_URL'],
    ])('is well for months: %s', async (...which) => {
      expect(await findingOn(authority.certify('localhost', 100), which)).toEqual({
        level: 'ok',
        saw: expect.stringMatching(/^The certificate of HOST is trusted, until \d{4}-\d\d-\d\d\.$/),
        remedy: undefined,
      });
    });

    it('that ends soon is a warning', async () => {
      expect(await findingOn(authority.certify('localhost', 10), ['tls_site', 'SHOTGRID_URL'])).toEqual({
        level: 'warning',
        saw: expect.stringMatching(/^The certificate of HOST ends in (9|10) days, on /),
        remedy: 'Renew it, and see why it was not renewed by itself.',
      });
    });

    it('that has ended is a failure', async () => {
      expect(await findingOn(authority.certify('localhost', -1), ['tls_idp', 'OIDC_ISSUER_URL'])).toEqual({
        level: 'failure',
        saw: 'The certificate of HOST has ended.',
        remedy: 'Renew it; until then browsers and this server refuse the connection.',
      });
    });

    it('for another name is a failure', async () => {
      expect(await findingOn(authority.certify('elsewhere.example', 100))).toEqual({
        level: 'failure',
        saw: 'The certificate that HOST shows is for another name.',
        remedy: 'Correct the address, or the certificate.',
      });
    });

    it('is seen through the proxy that the site is reached by', async () => {
      const asked: string[] = [];
      const proxy = createServer().on('connect', (request, socket) => {
        asked.push(request.url ?? '');
        const [, port] = (request.url ?? '').split(':');
        const onward = connect(Number(port), 'localhost', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(onward).pipe(socket);
        });
        onward.on('error', () => socket.destroy());
        socket.on('error', () => onward.destroy());
      });
      await new Promise((resolve) => proxy.listen(0, '127.0.0.1', () => resolve(undefined)));
      const { port } = proxy.address() as AddressInfo;
      try {
        const env = { SHOTGRID_PROXY: `http://127.0.0.1:${port}` };
        const found = await findingOn(authority.certify('localhost', 10), ['tls_site', 'SHOTGRID_URL'], env);
        expect([found.level, asked]).toEqual(['warning', [expect.stringMatching(/^localhost:\d+$/)]]);
      } finally {
        proxy.close();
        proxy.closeAllConnections();
      }
    });
  });

  it('that cannot be asked for is a warning', async () => {
    expect(await find('tls_public', tlsChecks, { env: { PUBLIC_URL: 'https://localhost:1' } })).toEqual({
      level: 'warning',
      saw: 'localhost:1 could not be asked for its certificate (ECONNREFUSED).',
      remedy: expect.stringContaining('See that this machine may reach it'),
    });
  });
});

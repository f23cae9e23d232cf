/** An authority of one's own and certificates for `localhost`, made by openssl: good ones and bad ones. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Certificate = { readonly key: string; readonly cert: string };

export type Authority = {
  /** What has to be trusted for its certificates to be. */
  readonly cert: string;
  /** @param days - From now until it ends; negative: it has ended. */
  readonly certify: (host: string, days: number) => Certificate;
};

/** @param folder - Keeps the files; the caller removes it. */
export function createAuthority(folder: string): Authority {
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'];
  openssl('req', '-x509', ...newKey, 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority of a test', '-days', '3650');
  return {
    cert: readFileSync(file('ca.pem'), 'utf8'),
    certify(host, days) {
      const name = `${host}${days}`;
      writeFileSync(file(`${name}.ext`), `subjectAltName=DNS:${host}`);
      openssl('req', ...newKey, `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${host}`);
      const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', String(days), '-extfile', `${name}.ext`];
      openssl('x509', '-req', '-in', `${name}.csr`, ...sign, '-out', `${name}.pem`);
      return { key: readFileSync(file(`${name}.key`), 'utf8'), cert: readFileSync(file(`${name}.pem`), 'utf8') };
    },
  };
}

/** A script by its key. Its sessions do not end. */
import type { Shotgrid } from '../client.ts';
import { AuthenticationError } from './errors.ts';
import type { SitePlace } from './sites.ts';
import { keepSecrets, type ScriptUser } from './users.ts';

/** Asks nobody. */
export function createScriptUser(
  parts: SitePlace & { readonly site: Shotgrid; readonly apiScript: string; readonly apiKey: string },
): ScriptUser {
  const { host, httpProxy, site, apiScript, apiKey } = parts;
  const connection = (): ReturnType<ScriptUser['connection']> => site.asScript();
  const user: ScriptUser = {
    kind: 'script',
    host,
    httpProxy,
    login: undefined,
    apiScript,
    connection,
    areCredentialsExpired: () => Promise.resolve(false),
    refreshCredentials: () => Promise.resolve(),
    async resolveEntity() {
      const filters = [['firstname', 'is', apiScript]] as const;
      const [row] = await connection().search('ApiUser', { filters, fields: [], limit: 1 });
      if (row === undefined) throw new AuthenticationError('refused', `${host} has no script "${apiScript}".`);
      return { type: 'ApiUser', id: row.id };
    },
  };
  return keepSecrets(user, () => ({ apiKey }));
}

/** Single variables of the environment, for commands that need nothing else of the configuration. */
import { splitList } from '../config/values.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param env - `DATABASE_URL_FILE` or `DATABASE_URL`; as for the server, the default is a file below the working folder.
 * @param readFile - Reads the file that `DATABASE_URL_FILE` names; may throw.
 */
export function databaseUrlFrom(env: Environment, readFile: (path: string) => string): string {
  return variableFrom('DATABASE_URL', env, readFile) ?? 'file:./data/understudy.db';
}

/** What `<NAME>_FILE` holds, or `<NAME>`; undefined when neither is set or what is set is empty. */
export function variableFrom(name: string, env: Environment, readFile: (path: string) => string): string | undefined {
  const file = env[`${name}_FILE`];
  const value = file === undefined || file === '' ? env[name] : readFile(file).trim();
  return value === '' ? undefined : value;
}

/** The ShotGrid site, and the script that this server is there. @throws Error that names what is not set. */
export function siteFrom(env: Environment, readFile: (path: string) => string) {
  const needed = (name: string): string => {
    const value = variableFrom(name, env, readFile);
    if (value === undefined) throw new Error(`${name} is required`);
    return value;
  };
  return {
    siteUrl: needed('SHOTGRID_URL'),
    scriptName: needed('SHOTGRID_SCRIPT_NAME'),
    scriptKey: splitList(needed('SHOTGRID_SCRIPT_KEY')),
    proxyUrl: variableFrom('SHOTGRID_PROXY', env, readFile),
  };
}

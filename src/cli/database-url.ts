/** The address of the database from the environment, for commands that need nothing else of the configuration. */

/**
 * @param env - `DATABASE_URL_FILE` or `DATABASE_URL`; as for the server, the default is a file below the working folder.
 * @param readFile - Reads the file that `DATABASE_URL_FILE` names; may throw.
 */
export function databaseUrlFrom(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): string {
  const file = env['DATABASE_URL_FILE'];
  const url = file === undefined || file === '' ? env['DATABASE_URL'] : readFile(file).trim();
  return url === undefined || url === '' ? 'file:./data/understudy.db' : url;
}

/** The two kinds of database, told apart by their URL. */
import { DatabaseUnavailableError } from './errors.ts';

export type Dialect = 'sqlite' | 'postgres';

/** @throws {@link DatabaseUnavailableError} for a URL that is neither `file:` nor `postgres://`. */
export function dialectOf(url: string): Dialect {
  if (url.startsWith('file:')) return 'sqlite';
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgres';
  throw new DatabaseUnavailableError('url_strange');
}

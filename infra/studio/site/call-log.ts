/** A log of what was asked of the site, so that tests can count and look. It never holds a token, a key or a password. */

export type Call = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** HTTP status of the answer; null while there is none, or when the connection was dropped. */
  status: number | null;
  /** What the bearer token says about itself. */
  readonly claims: Readonly<Record<string, unknown>> | null;
  readonly contentType: string | null;
  /** At the token endpoint: `client_credentials` and so on. */
  readonly grantType: string | null;
  readonly scope: string | null;
  readonly sessionUuid: string | null;
  /** Elements of a batch; otherwise 0. */
  readonly requests: number;
  readonly at: string;
};

export type CallLog = {
  readonly entries: readonly Call[];
  clear: () => void;
  record: (call: Call) => void;
};

/** How many calls are kept. */
const LIMIT = 20_000;

export function createCallLog(): CallLog {
  const entries: Call[] = [];
  return {
    entries,
    clear: () => (entries.length = 0),
    record(call) {
      entries.push(call);
      if (entries.length > LIMIT) entries.shift();
    },
  };
}

/**
 * Whether the hosts that menu items call answer at all. Whoever may edit menu items chooses these hosts, so little is done and
 * only where it is allowed: the name is looked up, and a connection is opened and closed. Not a byte is sent.
 */
import { lookup as lookUpName } from 'node:dns/promises';
import { connect, isIP } from 'node:net';

/**
 * `answers`: somebody takes connections. `no_answer`: nobody does, in time. `no_such_host`: the name leads nowhere.
 * `not_asked`: it is at a private address that the configuration does not name, or there were too many hosts.
 */
export type Reach = 'answers' | 'no_answer' | 'no_such_host' | 'not_asked';

export type ProbeOptions = {
  /** Whether a connection to this address, found for this host, may be opened. */
  readonly allows: (host: string, address: string) => boolean;
  /** For each host: the look-up, and again the connection. */
  readonly timeoutMs: number;
  /** Hosts beyond these are not asked. */
  readonly maxHosts: number;
  /** Replaces the name service, in tests. @throws with the code `ENOTFOUND` for a name that there is not. */
  readonly lookUp?: (host: string) => Promise<readonly string[]>;
};

/** Hosts asked at a time. */
const AT_ONCE = 8;

/** @returns What was found, by `host:port`. Never throws. */
export async function probeHosts(
  hosts: readonly { readonly host: string; readonly port: number }[],
  options: ProbeOptions,
): Promise<ReadonlyMap<string, Reach>> {
  const found = new Map<string, Reach>();
  const queue = hosts.map((one, index) => ({ ...one, isAsked: index < options.maxHosts }));
  async function work(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { host, port, isAsked } = next;
      found.set(`${host}:${port}`, isAsked ? await probe(host, port, options) : 'not_asked');
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function probe(host: string, port: number, options: ProbeOptions): Promise<Reach> {
  // In a URL, IPv6 addresses stand in brackets.
  const name = host.replace(/^\[(.*)\]$/, '$1');
  let addresses: readonly string[];
  try {
    addresses = isIP(name) === 0 ? await inTime((options.lookUp ?? systemLookUp)(name), options.timeoutMs) : [name];
  } catch (error) {
    const code = error !== null && typeof error === 'object' && 'code' in error ? error.code : undefined;
    return code === 'ENOTFOUND' || code === 'ENODATA' ? 'no_such_host' : 'no_answer';
  }
  const [address] = addresses;
  if (address === undefined) return 'no_such_host';
  // One address that must not be asked spoils the name: which one is connected to would be a matter of luck.
  if (addresses.some((one) => !options.allows(host, one))) return 'not_asked';
  return (await opens(address, port, options.timeoutMs)) ? 'answers' : 'no_answer';
}

/** The address that was judged, and no other: the name is not looked up again. */
function opens(address: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

async function systemLookUp(host: string): Promise<readonly string[]> {
  return (await lookUpName(host, { all: true })).map(({ address }) => address);
}

/** The system's look-up cannot be stopped, only be waited for no longer. */
async function inTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

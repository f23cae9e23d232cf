/**
 * Connections that end where the policy allows: judged is the address that is connected to, at the moment of connecting,
 * so that a name which changes its address between two look-ups gains nothing.
 */
import { lookup as lookUpName, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { NetworkPolicy } from './network-policy.ts';

/** The policy forbids the address; nothing was sent there. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  constructor() {
    super('the address is not allowed');
  }
}

/** As `dns.lookup` with `all`. */
export type LookUp = (
  host: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const CONNECT_TIMEOUT_MS = 10_000;
/** To one origin; a service that dawdles holds up its own actions only. */
const CONNECTIONS = 8;

/** @param lookUp - Replaces the name service, in tests. */
export function createGuardedAgent(policy: NetworkPolicy, lookUp: LookUp = systemLookUp): Dispatcher {
  const connectors = new Map<string, buildConnector.connector>(
    ['http:', 'https:'].map((protocol) => [
      protocol,
      buildConnector({ allowH2: false, timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookUp(protocol, policy, lookUp) }),
    ]),
  );
  return new Agent({
    connections: CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    connect(options, callback) {
      const { protocol, hostname } = options;
      const connect = connectors.get(protocol);
      // No name is looked up for an address, so it is judged here.
      if (connect === undefined || (isIP(hostname) !== 0 && !policy.allows(protocol, hostname, hostname))) {
        callback(new AddressRefusedError(), null);
        return;
      }
      connect(options, (...[error, socket]) => {
        if (error !== null) callback(error, null);
        else if (policy.allows(protocol, hostname, socket.remoteAddress ?? '')) callback(null, socket);
        else {
          socket.destroy();
          callback(new AddressRefusedError(), null);
        }
      });
    },
  });
}

/** One forbidden address among several spoils the name: which of them is connected to would be a matter of luck. */
function guardedLookUp(protocol: string, policy: NetworkPolicy, lookUp: LookUp): LookupFunction {
  return function lookUpGuarded(host, options, callback) {
    lookUp(host, (error, addresses) => {
      const [first] = addresses;
      if (error !== null) callback(error, '', 0);
      else if (first === undefined || addresses.some(({ address }) => !policy.allows(protocol, host, address))) {
        callback(new AddressRefusedError(), '', 0);
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function systemLookUp(host: string, callback: Parameters<LookUp>[1]): void {
  lookUpName(host, { all: true }, (error, addresses) => {
    // On failure there are no addresses at all, whatever the types say.
    callback(error, error === null ? addresses : []);
  });
}

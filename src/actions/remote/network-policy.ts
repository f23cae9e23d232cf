/**
 * Which network addresses a remote service may be at. Pure. Public ones; others only for hosts that the configuration
 * names one by one, so that a public name that suddenly leads inside leads nowhere.
 */
import { BlockList, isIP } from 'node:net';

export type NetworkPolicy = {
  /** Whether a connection to `address`, found for `host`, may be used for this protocol. */
  allows(protocol: string, host: string, address: string): boolean;
};

/**
 * @param privateHosts - Host names and addresses, exactly as they stand in an action's URL, that may be at a private
 *   address. Link-local and metadata addresses have to be listed themselves: a name is not enough.
 */
export function createNetworkPolicy(privateHosts: readonly string[]): NetworkPolicy {
  const listed = new Set(privateHosts.map(plainHost));
  return {
    allows(protocol, host, address) {
      if (isIP(address) === 0) return false;
      // What goes unencrypted stays on this machine.
      if (protocol !== 'https:' && !contains(LOOPBACK, address)) return false;
      if (contains(FORBIDDEN, address)) return listed.has(address);
      return !isPrivate(address) || listed.has(plainHost(host));
    },
  };
}

/** Lower case, and without the brackets that an IPv6 address has in a URL. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
}

function isPrivate(address: string): boolean {
  if (contains(PRIVATE, address)) return true;
  // Of IPv6 only what is handed out for the public is public; everything else is some special purpose.
  return isIP(address) === 6 && !isMapped(address) && !contains(GLOBAL_IPV6, address);
}

function isMapped(address: string): boolean {
  return contains(MAPPED_IPV4, address);
}

/** The list knows IPv4 addresses also in their IPv6 clothes (`::ffff:10.0.0.1`). */
function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix = ''] = range.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

const LOOPBACK = listOf(['127.0.0.0/8', '::1/128']);
const GLOBAL_IPV6 = listOf(['2000::/3']);
const MAPPED_IPV4 = listOf(['::ffff:0:0/96']);

/** Link-local, where clouds keep credentials for whoever asks; their other such addresses; and what is no single machine. */
const FORBIDDEN = listOf([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  'ff00::/8',
]);

/** RFC 6890 and its registries: private, shared, documentation, benchmarking, and IPv6 that carries an IPv4 address. */
const PRIVATE = listOf([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '::1/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  'fc00::/7',
]);

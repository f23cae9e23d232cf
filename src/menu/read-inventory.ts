/** Reads what an inventory is taken of: the site, the clicks that are known of, and whether other hosts answer. */
import { createNetworkPolicy } from '../actions/remote/network-policy.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import { hostsToProbe, takeInventory, type InventoryInput, type InventoryItem, type KnownClicks } from './inventory.ts';
import { probeHosts, type Reach } from './probe.ts';
import { readSiteFacts, readSiteItems } from './site-facts.ts';

const PROBE_TIMEOUT_MS = 2_000;
const MAX_HOSTS = 50;

export type InventoryDeps = {
  /** The site as the script sees it. */
  readonly script: Pick<ShotgridClient, 'search' | 'fields'>;
  readonly publicUrl: string;
  /** What items sign with unless their action says otherwise. */
  readonly algorithm: 'sha1' | 'sha256';
  /** The actions of now, and what is known of their tokens. */
  readonly state: () => Promise<Pick<InventoryInput, 'actions' | 'broken' | 'rotating' | 'withTokens'>>;
  readonly readClicks: () => Promise<readonly KnownClicks[]>;
  /** Hosts at private addresses that may be asked whether they answer (`REMOTE_PRIVATE_HOSTS`). */
  readonly privateHosts: readonly string[];
};

export type Inventory = {
  /**
   * @param reach - What a {@link Inventory.probe} found, however long ago.
   * @throws what the site's client throws.
   */
  read(reach?: ReadonlyMap<string, Reach>): Promise<readonly InventoryItem[]>;
  /** Asks the other hosts whether they answer, a few seconds long; one that does not is a finding and no error. By `host:port`. */
  probe(): Promise<ReadonlyMap<string, Reach>>;
};

export function createInventory(deps: InventoryDeps): Inventory {
  const { script, publicUrl, algorithm } = deps;
  const policy = createNetworkPolicy(deps.privateHosts);
  // Nothing is sent, so it does not matter that an address would be spoken to unencrypted.
  const allows = (host: string, address: string): boolean => policy.allows('https:', host, address);
  return {
    async read(reach = new Map()) {
      const [site, state, clicks] = await Promise.all([readSiteFacts(script), deps.state(), deps.readClicks()]);
      return takeInventory({ publicUrl, algorithm, site, ...state, clicks, reach });
    },
    async probe() {
      const { items } = await readSiteItems(script);
      return probeHosts(hostsToProbe(publicUrl, items), {
        allows,
        timeoutMs: PROBE_TIMEOUT_MS,
        maxHosts: MAX_HOSTS,
      });
    },
  };
}

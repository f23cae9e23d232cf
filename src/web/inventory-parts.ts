/** The inventory as the running server has it: its own actions and tokens, and the clicks that its log knows of. */
import type { Catalogue } from '../actions/catalogue.ts';
import type { AuditLog } from '../audit/log.ts';
import type { Config } from '../config/config.ts';
import { createInventory, type Inventory, type InventoryDeps } from '../menu/read-inventory.ts';
import { acceptedTokens, rotatingActions, type TokensState } from '../menu/tokens.ts';
import { createReadTokens } from '../menu/tokens-file.ts';

/** Clicks are counted from this many days back. */
const CLICKS_DAYS = 90;
const DAY_MS = 86_400_000;

export function createServersInventory(deps: {
  readonly config: Config;
  readonly catalogue: Pick<Catalogue, 'all' | 'problems'>;
  readonly script: InventoryDeps['script'];
  readonly audit: Pick<AuditLog, 'clicksByAction'>;
  readonly now: () => Date;
}): Inventory {
  const { config, catalogue, audit, now } = deps;
  const { algorithm, tokensFile } = config.ami;
  const readTokens =
    tokensFile === undefined ? (): Promise<TokensState> => Promise.resolve(new Map()) : createReadTokens(tokensFile);
  return createInventory({
    script: deps.script,
    publicUrl: config.publicUrl,
    algorithm,
    privateHosts: config.remote.privateHosts,
    readClicks: () => audit.clicksByAction(new Date(now().getTime() - CLICKS_DAYS * DAY_MS)),
    async state() {
      const tokens = await readTokens();
      const actions = catalogue.all();
      return {
        actions,
        broken: brokenNames(catalogue.problems(), new Set(actions.map(({ id }) => id))),
        rotating: rotatingActions(tokens),
        withTokens: [...tokens.keys()].filter((action) => acceptedTokens(tokens, action, now()).length > 0),
      };
    },
  });
}

/** Files that give no action now; one that still gives its last good action is compared by that. */
function brokenNames(problems: readonly string[], served: ReadonlySet<string>): readonly string[] {
  const named = problems.map((problem) => /^([^:/\\]+)\.(?:ya?ml|ts): /i.exec(problem)?.[1]);
  return [...new Set(named.filter((name) => name !== undefined && !served.has(name)))] as readonly string[];
}

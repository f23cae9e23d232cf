/** What several checks look at, opened once when it is first needed, and all let go of at the end. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Config, Secrets } from '../config/config.ts';
import type { VariableName } from '../config/variables.ts';
import type { InspectedConfig } from '../config/inspect.ts';
import type { Database } from '../database/open.ts';
import { createShotgrid, type Shotgrid } from '../shotgrid/client.ts';
import type { SiteInfo } from '../shotgrid/site-info.ts';
import { probe, type Probed } from './probe.ts';
import { skipped, type Check, type Finding } from './report.ts';

export type Look = {
  readonly inspected: InspectedConfig;
  readonly config: Config;
  readonly secrets: Secrets;
  readonly now: () => Date;
  readonly freeBytes: (folder: string) => Promise<number>;
  readonly database: () => Promise<Database | undefined>;
  /** The site as this server meets it, with one script key or, without, with all. */
  readonly site: (scriptKey?: string) => Shotgrid;
  /** One GET, however many checks look at its answer. */
  readonly probe: (url: string, headers?: Readonly<Record<string, string>>) => Promise<Probed>;
  /** What the site tells anybody, asked for once. */
  readonly siteInfo: () => Promise<SiteInfo>;
  readonly close: () => Promise<void>;
};

type Source = Pick<Look, 'inspected' | 'now' | 'freeBytes'> & {
  readonly openDatabase: () => Promise<Database | undefined>;
};

/** An exchange with the site or the provider; shorter than a check's own time, so that the check can say what was slow. */
export const CALL_MS = 4_000;
/** Longer than closing takes where everybody answers. */
const CLOSE_MS = 500;

export function createLook({ inspected, now, freeBytes, openDatabase }: Source): Look {
  const { config, secrets } = inspected;
  const sites = new Map<string, Shotgrid>();
  const probes = new Map<string, Promise<Probed>>();
  const ending = new AbortController();
  let database: Promise<Database | undefined> | undefined;
  let info: Promise<SiteInfo> | undefined;

  return {
    inspected,
    config,
    secrets,
    now,
    freeBytes,
    database: () => (database ??= openDatabase()),
    site: siteFor,
    siteInfo: () => (info ??= siteFor().siteInfo({ signal: ending.signal })),
    probe(url, headers = {}) {
      const known = probes.get(url);
      if (known !== undefined) return known;
      const proxyUrl = url.startsWith(config.shotgridUrl) ? secrets.shotgridProxy : undefined;
      const asked = probe(url, { proxyUrl, headers, now, timeoutMs: CALL_MS, signal: ending.signal });
      probes.set(url, asked);
      return asked;
    },
    async close() {
      // Whoever is still asked by now is not waited for.
      ending.abort();
      const closing = [...sites.values()].map((site) => site.close());
      const all = Promise.allSettled([...closing, database?.then((opened) => opened?.close()), ...probes.values()]);
      // A site that hangs holds the asking for a token until its time is over; the report is not kept back by that.
      await Promise.race([all, delay(CLOSE_MS, undefined, { ref: false })]);
    },
  };

  function siteFor(scriptKey?: string): Shotgrid {
    const found = sites.get(scriptKey ?? '');
    if (found !== undefined) return found;
    const site = createShotgrid({
      siteUrl: config.shotgridUrl,
      scriptName: config.scriptName,
      scriptKey: scriptKey ?? secrets.scriptKeys,
      proxyUrl: secrets.shotgridProxy,
      timeoutMs: CALL_MS,
      now,
    });
    sites.set(scriptKey ?? '', site);
    return site;
  }
}

/** A check that needs these variables: while one of them is unusable, the configuration's own finding says all there is to say. */
export function checkWith(
  look: Look,
  needs: readonly VariableName[],
  check: Omit<Check, 'run'> & { readonly run: (signal: AbortSignal) => Finding | Promise<Finding> },
): Check {
  const missing = needs.filter((name) => look.inspected.unusable.has(name));
  return {
    id: check.id,
    title: check.title,
    run: async (signal) =>
      missing.length > 0
        ? skipped(`Not looked at: ${missing.join(' and ')} cannot be used.`, 'Mend the configuration first.')
        : check.run(signal),
  };
}

/** The sites that an authenticator speaks to, each with its connections once, however many users there are. */
import { createSelfOnlySite, createShotgrid, type SelfOnlySite, type Shotgrid } from '../client.ts';
import { proxyUrl } from './host.ts';

export type SitePlace = { readonly host: string; readonly httpProxy: string | undefined };

export type Sites = {
  people(place: SitePlace): SelfOnlySite;
  script(place: SitePlace & { readonly apiScript: string; readonly apiKey: string }): Shotgrid;
  /** Lets calls under way end. */
  close(): Promise<void>;
};

export type SitesOptions = {
  readonly now: () => Date;
  /** Certificates in PEM to trust besides those that Node trusts already. */
  readonly ca?: string | undefined;
  /** Connections to a site. Default 8. */
  readonly connections?: number | undefined;
  readonly sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
};

export function createSites({ now, ca, connections, sleep }: SitesOptions): Sites {
  const people = new Map<string, SelfOnlySite>();
  const scripts = new Map<string, Shotgrid>();

  function options({ host, httpProxy }: SitePlace) {
    return {
      siteUrl: host,
      proxyUrl: httpProxy === undefined ? undefined : proxyUrl(httpProxy),
      now,
      ca,
      connections,
      ...(sleep === undefined ? {} : { sleep }),
    };
  }

  return {
    people: (place) => once(people, [place.host, place.httpProxy], () => createSelfOnlySite(options(place))),
    script: ({ apiScript, apiKey, ...place }) =>
      once(scripts, [place.host, place.httpProxy, apiScript, apiKey], () =>
        createShotgrid({ ...options(place), scriptName: apiScript, scriptKey: apiKey }),
      ),
    async close() {
      await Promise.all([...people.values(), ...scripts.values()].map((site) => site.close()));
    },
  };
}

function once<T>(made: Map<string, T>, key: readonly unknown[], make: () => T): T {
  const name = JSON.stringify(key);
  const found = made.get(name) ?? make();
  made.set(name, found);
  return found;
}

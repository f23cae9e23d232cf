/** The person a run is done for, once click, identity provider and ShotGrid agree on who that is. */

/** JSON-safe: it is kept with its run. */
export type Actor = {
  /** The HumanUser's id and login as ShotGrid spells it. */
  readonly id: number;
  readonly login: string;
  readonly name: string;
  /** The browser window whose page refreshes when its rows change. */
  readonly sessionUuid?: string;
  /** Acts by their own session on the site, and never by the script's sudo; absent: by sudo, and never otherwise. */
  readonly bySelf?: true;
  /** Who the identity provider says this is. */
  readonly issuer: string;
  readonly subject: string;
};

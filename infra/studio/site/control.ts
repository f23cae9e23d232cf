/** What a test or the demo may do to the site from outside the protocol. */
import { findPerson } from './caller.ts';
import type { Fault } from './faults.ts';
import type { MenuItem } from './menu-item.ts';
import { seed } from './seed.ts';
import type { SiteState } from './state.ts';
import type { FieldValue, Row } from './store.ts';
import { textOf } from './values.ts';

export type PlainRow = { readonly type: string; readonly id: number; readonly retired: boolean } & Readonly<
  Record<string, unknown>
>;

export type Control = {
  /** Back to the seeded rows; sessions, faults, calls and events are gone. Tokens stay good. */
  reset: () => void;
  /** Turns somebody's "Admins Can Perform Actions As" on or off, which no API call can. */
  setFlag: (login: string, on: boolean) => void;
  /** `act` or `dis`. */
  setStatus: (login: string, status: 'act' | 'dis') => void;
  /** Retires any live row. */
  retire: (type: string, id: number) => void;
  /** Writes a field of any row behind the site's back: no event, no `updated_at`. */
  setField: (type: string, id: number, field: string, value: FieldValue) => void;
  /** The code that this person's device shows now. */
  setOneTimeCode: (login: string, code: string) => void;
  setLatency: (factor: number) => void;
  inject: (fault: Fault) => void;
  clearFaults: () => void;
  clearCalls: () => void;
  /** Replaces the Action Menu Items, for addresses that are known only after the site has started. */
  setMenuItems: (items: readonly MenuItem[]) => void;
  /** Rows as they are stored, retired ones too. */
  rows: (type: string) => readonly PlainRow[];
  eventLog: () => readonly PlainRow[];
  /** Every row but the event log: equal before and after means that the site did not change. */
  snapshot: () => Readonly<Record<string, readonly PlainRow[]>>;
  approveApp: (requestId: string, login: string) => boolean;
  /** Approves as the site would for somebody whom it does not have, or with a session that is not theirs. */
  forceApproval: (requestId: string, login: string, sessionToken: string) => boolean;
  denyApp: (requestId: string) => boolean;
  /** A web session of this person, as a `_session_id` cookie or `session_token` carries it. */
  openSession: (login: string) => string;
  closeSession: (token: string) => void;
  /** All of this person's. */
  closeSessions: (login: string) => void;
};

type Defaults = { readonly menuItems: readonly MenuItem[]; readonly latencyFactor: number };

const SECRET_FIELDS = ['secret_token', 'salted_password', 'written_ms'];

export function createControl(state: SiteState, defaults: Defaults): Control {
  const { store } = state;
  let { menuItems } = defaults;

  function reset(): void {
    store.clear();
    state.faults.clear();
    state.calls.clear();
    state.sessions.clear();
    state.launcher.clear();
    state.latencyFactor = defaults.latencyFactor;
    state.lastClick = undefined;
    state.twoFactor.clear();
    for (const [login, codes] of state.settings.twoFactorCodes) state.twoFactor.set(login, codes);
    seed(store, state.settings, menuItems, state.now());
  }

  function person(login: string): Row {
    const found = store.all('HumanUser').find((row) => textOf(row, 'login') === login);
    if (!found) throw new Error(`the site has no person '${login}'`);
    return found;
  }

  function existing(type: string, id: number): Row {
    const found = store.find(type, id);
    if (!found) throw new Error(`the site has no ${type} ${String(id)}`);
    return found;
  }

  const rows = (type: string) => store.all(type).map(plainRow);
  return {
    reset,
    setFlag: (login, on) => store.set(person(login), 'can_impersonate_this_user', on),
    setStatus: (login, status) => store.set(person(login), 'sg_status_list', status),
    retire: (type, id) => store.setRetired(existing(type, id), true),
    setField: (type, id, field, value) => store.set(existing(type, id), field, value),
    setOneTimeCode: (login, code) => void state.twoFactor.set(login, [code]),
    setLatency: (factor) => (state.latencyFactor = factor),
    inject: (fault) => state.faults.inject(fault),
    clearFaults: () => state.faults.clear(),
    clearCalls: () => state.calls.clear(),
    setMenuItems(items) {
      menuItems = items;
      reset();
    },
    rows,
    eventLog: () => rows('EventLogEntry'),
    snapshot() {
      const business = store.types().filter((type) => type !== 'EventLogEntry');
      return Object.fromEntries([...business].sort().map((type) => [type, rows(type)]));
    },
    approveApp: (id, login) => findPerson(store, login) !== undefined && state.launcher.approve(id, login),
    forceApproval: (id, login, sessionToken) => state.launcher.approve(id, login, sessionToken),
    denyApp: (id) => state.launcher.deny(id),
    openSession: (login) => state.sessions.open(login),
    closeSession: (token) => state.sessions.close(token),
    closeSessions: (login) => state.sessions.closeAll(login),
  };
}

function plainRow(row: Row): PlainRow {
  const values = [...row.values].filter(([name]) => !SECRET_FIELDS.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...structuredClone(Object.fromEntries(values)), type: row.type, id: row.id, retired: row.retired };
}

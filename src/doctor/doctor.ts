/** Looks at a whole set-up, changes nothing on the site, and says what is wrong with it and how to mend it. */
import type { InspectedConfig } from '../config/inspect.ts';
import type { Database } from '../database/open.ts';
import { actionChecks } from './action-checks.ts';
import { addressChecks } from './address-checks.ts';
import { auditChecks } from './audit-checks.ts';
import { claimsCheck } from './claims-check.ts';
import { clockChecks } from './clock-checks.ts';
import { configurationCheck } from './configuration-check.ts';
import { createLook, type Look } from './look.ts';
import { menuCheck } from './menu-check.ts';
import { peopleChecks } from './people-checks.ts';
import { providerChecks } from './provider-checks.ts';
import type { Report } from './report.ts';
import { runChecks } from './run-checks.ts';
import { scriptChecks } from './script-checks.ts';
import { siteChecks } from './site-checks.ts';
import { storageChecks } from './storage-checks.ts';
import { sudoCheck } from './sudo-check.ts';
import { tlsChecks } from './tls-checks.ts';

export type DoctorDeps = {
  readonly inspected: InspectedConfig;
  readonly now: () => Date;
  /** Opens the database as it is, or gives the one that is open; undefined when there is none yet. It is closed after the look. */
  readonly openDatabase: () => Promise<Database | undefined>;
  /** Free bytes where this folder is. */
  readonly freeBytes: (folder: string) => Promise<number>;
  /** For each check; default 8 s. */
  readonly patienceMs?: number | undefined;
};

/** What only the person who asks can know. */
export type Questions = {
  /** Somebody who agreed to be acted for once, to see whether it works: a token is asked for, and nothing is done with it. */
  readonly asLogin?: string | undefined;
  /** Claims of ID tokens, as the provider sends them. */
  readonly claims?: readonly Readonly<Record<string, unknown>>[] | undefined;
};

export type Doctor = (questions?: Questions) => Promise<Report>;

/** All checks run side by side, each look with connections of its own; within 10 s in all. Never throws. */
export function createDoctor(deps: DoctorDeps): Doctor {
  return async function look(questions = {}) {
    const eyes = createLook(deps);
    try {
      return await runChecks(checksOf(eyes, questions), deps);
    } finally {
      await eyes.close();
    }
  };
}

function checksOf(look: Look, { asLogin, claims }: Questions) {
  return [
    configurationCheck(look),
    ...actionChecks(look),
    ...addressChecks(look),
    ...tlsChecks(look),
    ...clockChecks(look),
    ...providerChecks(look),
    claimsCheck(look, claims),
    ...siteChecks(look),
    ...scriptChecks(look),
    sudoCheck(look, asLogin),
    ...peopleChecks(look),
    menuCheck(look),
    ...storageChecks(look),
    ...auditChecks(look),
  ];
}

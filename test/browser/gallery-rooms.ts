/** Rooms of the gallery that take a form, a sign-in or a run to reach: each behind an address of its own. */
import { Router, type Express } from 'express';
import { LoginCodeRequiredError, LoginFailedError } from '../../src/login/errors.ts';
import type { Run } from '../../src/runs/run-store.ts';
import { createOpenRun } from '../../src/web/open-run.ts';
import { createPresentProposal } from '../../src/web/present-proposal.ts';
import type { ReadFieldSchemas } from '../../src/shotgrid/field-schemas.ts';
import type { Respond } from '../../src/web/respond.ts';
import { adminDoctorRoutes, type AdminDoctorDeps } from '../../src/web/routes/admin-doctor.ts';
import { adminInventoryRoutes, type AdminInventoryDeps } from '../../src/web/routes/admin-inventory.ts';
import { followUpRoutes, type FollowUpDeps } from '../../src/web/routes/follow-up.ts';
import { legacyLoginRoutes, type LegacyLoginDeps } from '../../src/web/routes/legacy-login.ts';
import { PREVIEWS, RUNS } from './gallery-facts.ts';
import { INVENTORIES } from './gallery-inventory.ts';
import { DOCTORS, HELD } from './gallery-states.ts';
import { HOLD, LONG_LOGIN } from './refusals.ts';

/** @returns the path of each page, by its name. */
export function hangRooms(
  app: Express,
  shared: {
    readonly respond: Respond;
    readonly now: () => Date;
    readonly siteUrl: string;
    readonly readFieldSchemas: ReadFieldSchemas;
    readonly runs: FollowUpDeps['runs'];
  },
): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  const noted = () => Promise.resolve();
  const always = { ...shared, csrf: { sessionToken: () => 'c', verifySession: () => undefined } };

  /** A room below its own address, and its page. Given a body, the page is what a form of it answers. */
  const hang = (
    name: string,
    at: string,
    room: Router,
    path: string,
    body?: Readonly<Record<string, string>>,
  ): void => {
    const rooms = Router();
    if (body !== undefined) {
      rooms.use((request, _response, next) => {
        Object.assign(request, { method: 'POST', body });
        next();
      });
    }
    app.use(at, rooms.use(room));
    pages.set(name, `${at}${path}`);
  };

  for (const { name, items, audit, query = '' } of INVENTORIES) {
    const inventory = { read: () => Promise.resolve(items) };
    const switches = { current: () => Promise.resolve(HELD) };
    const room = adminInventoryRoutes({ ...always, inventory, switches, audit } as unknown as AdminInventoryDeps);
    hang(`admin-${name}`, `/admin-${name}`, room, `/admin/inventory${query}`);
  }
  // Nothing goes on in a gallery: hosts that are asked never answer.
  app.get('/admin/inventory/probe', (_request, response) => void response.json({ state: 'checking' }));

  for (const [level, report] of DOCTORS) {
    const deps = { ...always, doctor: () => Promise.resolve(report), recorder: { examined: noted } };
    const room = adminDoctorRoutes(deps as unknown as AdminDoctorDeps);
    hang(`admin-doctor-${level}`, `/admin-doctor-${level}`, room, '/admin/doctor', { as: LONG_LOGIN });
  }

  const wrong = new LoginFailedError('password');
  const wrongCode = new LoginFailedError('passwords_identity');
  const typed = { login: LONG_LOGIN, password: 'x', return_to: '/account' };
  for (const [name, hasProvider, body, error] of [
    ['sign-in', true],
    ['sign-in-password', false],
    ['sign-in-wrong', false, typed, wrong],
    ['sign-in-wrong-of-two', true, typed, wrong],
    ['sign-in-code', false, typed, new LoginCodeRequiredError()],
    ['sign-in-code-wrong', true, { ...typed, code: '123456' }, wrongCode],
  ] as const) {
    const room = legacyLoginRoutes({
      ...always,
      hasProvider,
      legacyLogin: () => Promise.reject(error ?? new Error('nobody signs in to a gallery')),
      loginHint: () => Promise.resolve(hasProvider ? 'artist' : undefined),
      recorder: { refusal: noted },
    } as unknown as LegacyLoginDeps);
    hang(name, `/signed-out/${name}`, room, '/login', body);
  }

  const three = PREVIEWS.get('three')?.preview as object;
  const nothing = PREVIEWS.get('already-so')?.preview as object;
  for (const [name, kind, run, more, readOnly] of [
    ['undo', 'undo', 'done', three],
    ['undo-nothing', 'undo', 'done', nothing],
    ['undo-again', 'undo', 'done', three],
    ['retry', 'retry', 'mixed', three],
    ['retry-nothing', 'retry', 'mixed', nothing],
    ['retry-read-only', 'retry', 'mixed', three, HOLD],
    ['admin-undo', 'undo', 'done', three],
  ] as const) {
    const room = followUpRoutes({
      ...always,
      openRun: createOpenRun({ runs: shared.runs } as unknown as Parameters<typeof createOpenRun>[0]),
      desk: { acting: () => Promise.resolve({}) },
      followUps: { preview: () => Promise.resolve({ ...more, permissions: undefined }) },
      switches: { current: () => Promise.resolve({ readOnly, actions: new Map() }) },
      presentProposal: createPresentProposal({ ...shared, scriptName: 'understudy' }),
    } as unknown as FollowUpDeps);
    const path = `/runs/${idOf(run)}/${kind}`;
    hang(name, `/${name}`, room, name === 'undo-again' ? `${path}?notice=plan_changed` : path);
  }
  return pages;
}

function idOf(name: string): Run['id'] | undefined {
  return [...RUNS.values()].find((shown) => shown.name === name)?.run.id;
}

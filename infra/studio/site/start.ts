/**
 * A ShotGrid site to try things against: REST, API3, app session launcher, event log and pages with a right-click menu, all in
 * memory. Written from what is known of real sites; a client must not be able to tell in the parts that it uses.
 */
import express from 'express';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { api3Endpoint } from './api3.ts';
import { approvalRoutes, internalApi } from './app-session-routes.ts';
import type { Call } from './call-log.ts';
import { createCallLog } from './call-log.ts';
import { createControl } from './control.ts';
import type { Control } from './control.ts';
import { controlRoutes } from './control-routes.ts';
import { createFaultList } from './faults.ts';
import { createLauncher } from './launcher.ts';
import type { MenuItem } from './menu-item.ts';
import { errorEnvelope, restApi, slowAndFaulty, unknownRoute } from './rest.ts';
import { createSessions } from './sessions.ts';
import { signInRoutes } from './sign-in-routes.ts';
import type { AuthenticationMethod, SiteState } from './state.ts';
import { createStore } from './store.ts';
import { webRoutes } from './web-routes.ts';

export type SiteOptions = {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly scriptName?: string;
  /** Default: a random one, on the result. */
  readonly scriptKey?: string;
  readonly menuItems?: readonly MenuItem[];
  /** "Admins Can Perform Actions As" of admins that the demo people do not name; default off. */
  readonly adminFlagDefault?: boolean;
  /** 1 is as slow as a measured site; default 0. */
  readonly latencyFactor?: number;
  readonly now?: () => Date;
  readonly projectName?: string;
  /** Default 600. */
  readonly tokenLifetimeSeconds?: number;
  readonly authenticationMethod?: AuthenticationMethod;
  readonly launcherEnabled?: boolean;
  /** How browsers sign in; default `choose`. */
  readonly webSignIn?: 'choose' | 'password';
  /** One-time codes by login, in the order in which they are good: these people need one beside their password, and each works once. */
  readonly twoFactorCodes?: Readonly<Record<string, string | readonly string[]>>;
  /** Passwords by login, of those whose password is not their login. */
  readonly passwords?: Readonly<Record<string, string>>;
};

export type Site = Control & {
  readonly url: string;
  /** As it stands in `server_hostname`: here with the port, since a stand-in has no port of its own. */
  readonly host: string;
  readonly port: number;
  readonly scriptName: string;
  readonly scriptKey: string;
  readonly calls: readonly Call[];
  close: () => Promise<void>;
};

/** Starts the site and resolves once it listens. */
export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const now = options.now ?? (() => new Date());
  const scriptKey = options.scriptKey ?? randomBytes(16).toString('hex');
  const state: SiteState = {
    settings: {
      scriptName: options.scriptName ?? 'understudy',
      scriptKey,
      projectName: options.projectName ?? 'Hyperspace Madness',
      tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 600,
      authenticationMethod: options.authenticationMethod ?? 'default',
      launcherEnabled: options.launcherEnabled ?? true,
      webSignIn: options.webSignIn ?? 'choose',
      twoFactorCodes: new Map(
        Object.entries(options.twoFactorCodes ?? {}).map(([login, codes]) => [login, [codes].flat()]),
      ),
      passwords: new Map(Object.entries(options.passwords ?? {})),
      adminFlagDefault: options.adminFlagDefault ?? false,
    },
    now,
    store: createStore(),
    jwtSecret: randomBytes(32).toString('hex'),
    host: '',
    latencyFactor: options.latencyFactor ?? 0,
    lastClick: undefined,
    twoFactor: new Map(),
    faults: createFaultList(),
    calls: createCallLog(),
    sessions: createSessions(now),
    launcher: createLauncher(now),
  };
  const control = createControl(state, { menuItems: options.menuItems ?? [], latencyFactor: state.latencyFactor });
  control.reset();

  const host = options.host ?? '127.0.0.1';
  const server = createApp(state, control).listen(options.port ?? 0, host);
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const { port } = server.address() as AddressInfo;
  state.host = `${host}:${port}`;
  return {
    ...control,
    url: `http://${state.host}`,
    host: state.host,
    port,
    scriptName: state.settings.scriptName,
    scriptKey,
    calls: state.calls.entries,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createApp(state: SiteState, control: Control): express.Express {
  const app = express();
  app.disable('x-powered-by');
  // Each route decides what it takes, so a body is text until then.
  app.use(express.text({ type: () => true, limit: '50mb' }));
  app.use('/_studio', controlRoutes(state, control));
  app.use(['/api/v1.1', '/api/v1'], restApi(state));
  app.post('/api3/json', ...slowAndFaulty(state), api3Endpoint(state));
  app.use('/internal_api', ...slowAndFaulty(state), internalApi(state));
  app.use(signInRoutes(state));
  app.use(approvalRoutes(state));
  app.use('/api', unknownRoute);
  app.use(['/api', '/api3'], errorEnvelope);
  app.use(webRoutes(state));
  return app;
}

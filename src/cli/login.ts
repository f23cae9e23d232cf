/** `understudy login`, `logout` and `whoami`: one's own session on a site, in the files that the desktop application has too. */
import { Command, Option } from 'commander';
import { ServiceError } from '../errors.ts';
import { createAuthenticator, type Authenticator, type Prompt } from '../shotgrid/authenticator/authenticator.ts';
import { DefaultsManager } from '../shotgrid/authenticator/defaults-manager.ts';
import { AuthenticatorError, IncompleteCredentialsError } from '../shotgrid/authenticator/errors.ts';
import { parseHost } from '../shotgrid/authenticator/host.ts';
import type { Machine } from '../shotgrid/authenticator/places.ts';
import { variableFrom } from './database-url.ts';
import type { LoginDeps } from './login-deps.ts';
import { createLoginPrompt, METHODS, type Method } from './login-prompt.ts';
import { plain } from './text-table.ts';

const NOBODY = 1;
const COULD_NOT = 2;

type Common = { readonly site?: string; readonly ca?: string; readonly json?: boolean };

type LoginOptions = Common & {
  readonly login?: string;
  readonly method?: Method;
  readonly passwordStdin?: boolean;
  readonly browser?: string;
  readonly open: boolean;
};

/** The three commands, to be added to a program that catches `CommanderError`. */
export function loginCommands(deps: LoginDeps): readonly Command[] {
  const login = new Command('login')
    .description('sign in to a ShotGrid site as yourself; whoever is signed in to the desktop application is already')
    .option('--login <login>', 'who has to sign in')
    .addOption(
      new Option(
        '--method <method>',
        'instead of what the site says of itself: approve in the browser, type, or a window',
      ).choices(METHODS),
    )
    .option('--password-stdin', 'read the password, and the one-time code, from the lines of standard input')
    .option('--browser <program>', 'the Chrome, Chromium or Edge for --method web')
    .option('--no-open', 'print the address to approve at, and open nothing')
    .addHelpText(
      'after',
      '\nExit codes: 0 signed in; 1 refused or given up; 2 could not ask. Nothing is kept unless it is 0.',
    )
    .action((options: LoginOptions) => {
      let method: Method | undefined;
      const prompt = createLoginPrompt(deps, { ...options, onMethod: (used) => (method = used) });
      return run(
        deps,
        options,
        async (authenticator) => {
          const { login: who, host } = await authenticator.getUserFromPrompt();
          answer(deps, options, { login: who, site: host, method }, `Signed in at ${host} as ${plain(who)}.`);
        },
        prompt,
      );
    });
  const logout = new Command('logout')
    .description('forget the session here and for the desktop application')
    .action((options: Common) => run(deps, options, (authenticator) => signOut(deps, options, authenticator)));
  const whoami = new Command('whoami')
    .description('who is signed in, and whether the session is still good')
    .addHelpText('after', '\nExit codes: 0 signed in; 1 nobody is, or the session has ended; 2 could not ask.')
    .action((options: Common) => run(deps, options, (authenticator) => tellWho(deps, options, authenticator)));
  return [login, logout, whoami].map((command) =>
    command
      .option('--site <address>', 'the ShotGrid site; otherwise SHOTGRID_URL, or the one used last')
      .option('--ca <file>', 'certificates in PEM to trust besides the usual ones')
      .option('--json', 'print the answer as one JSON object')
      .exitOverride(),
  );
}

/** The toolkit's own files, with the site and the proxy that the command was given. */
class CommandDefaults extends DefaultsManager {
  readonly #given: { readonly site: string | undefined; readonly proxy: string | undefined };

  constructor(machine: Machine, given: { readonly site: string | undefined; readonly proxy: string | undefined }) {
    super(machine);
    this.#given = given;
  }

  override async getHost(): Promise<string | undefined> {
    return this.#given.site === undefined ? super.getHost() : Promise.resolve(parseHost(this.#given.site));
  }

  override getHttpProxy(): Promise<string | undefined> {
    return Promise.resolve(this.#given.proxy);
  }
}

function defaultsFor({ machine, readFile }: LoginDeps, { site }: Common): DefaultsManager {
  const variable = (name: string): string | undefined => variableFrom(name, machine.env, readFile);
  return new CommandDefaults(machine, { site: site ?? variable('SHOTGRID_URL'), proxy: variable('SHOTGRID_PROXY') });
}

function certificatesOf({ readFile }: LoginDeps, { ca }: Common): string | undefined {
  if (ca === undefined) return undefined;
  let pem = '';
  try {
    pem = readFile(ca);
  } catch {
    // Said below.
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new IncompleteCredentialsError('ca_invalid', `${ca} holds no certificates in PEM.`);
}

async function run(
  deps: LoginDeps,
  options: Common,
  act: (authenticator: Authenticator) => Promise<void>,
  prompt?: Prompt,
): Promise<void> {
  let authenticator: Authenticator | undefined;
  try {
    authenticator = createAuthenticator({
      defaults: defaultsFor(deps, options),
      ca: certificatesOf(deps, options),
      prompt,
      now: deps.now,
      sleep: deps.sleep,
    });
    await act(authenticator);
  } catch (error) {
    tell(deps, options, error);
  } finally {
    await authenticator?.close();
  }
}

async function signOut(deps: LoginDeps, options: Common, authenticator: Authenticator): Promise<void> {
  const user = await authenticator.clearDefaultUser();
  const text =
    user === undefined
      ? 'Nobody was signed in.'
      : `Signed out ${plain(user.login ?? '')} of ${user.host}, here and for the desktop application.`;
  answer(deps, options, { login: user?.login ?? null, site: user?.host ?? null }, text);
}

async function tellWho(deps: LoginDeps, options: Common, authenticator: Authenticator): Promise<void> {
  const user = await authenticator.getDefaultUser();
  if (user?.kind !== 'session') {
    answer(
      deps,
      options,
      { login: null, site: null, session: null },
      'Nobody is signed in. Sign in with "understudy login".',
    );
    deps.setExitCode(NOBODY);
    return;
  }
  const { login, host } = user;
  try {
    const { id } = await user.resolveEntity();
    const name = (await user.connection().find('HumanUser', id, ['name']))?.fields['name'];
    const shown = typeof name === 'string' ? name : login;
    answer(
      deps,
      options,
      { login, name: shown, site: host, session: 'good' },
      `${plain(shown)} (${plain(login)}) at ${host}`,
    );
  } catch (error) {
    if (!(error instanceof AuthenticatorError) || error.code !== 'session_ended') throw error;
    const text = `${plain(login)} at ${host}: the session has ended. Sign in again with "understudy login".`;
    answer(deps, options, { login, site: host, session: 'ended' }, text);
    deps.setExitCode(NOBODY);
  }
}

function answer({ print }: LoginDeps, { json }: Common, object: object, text: string): void {
  print(json === true ? JSON.stringify(object) : text);
}

/** Refused or given up is one thing; not to have been able to ask is another. */
function tell(deps: LoginDeps, { json }: Common, error: unknown): void {
  if (!(error instanceof AuthenticatorError || error instanceof ServiceError)) throw error;
  const { code, message } = error;
  const isAnswer =
    error instanceof AuthenticatorError &&
    ['AuthenticationError', 'AuthenticationCancelledError'].includes(error.name) &&
    code !== 'site_unreachable';
  deps.setExitCode(isAnswer ? NOBODY : COULD_NOT);
  if (json === true) deps.print(JSON.stringify({ error: { code, message } }));
  else deps.printError(`${plain(message)} (${code})`);
}

/** How a person at a terminal signs in: by what the site says of itself, or by the method that they name. */
import type { SiteInfo } from '../shotgrid/site-info.ts';
import type { Prompt, SignedIn, SignInQuestion } from '../shotgrid/authenticator/authenticator.ts';
import { AuthenticationCancelledError, IncompleteCredentialsError } from '../shotgrid/authenticator/errors.ts';
import { parseHost } from '../shotgrid/authenticator/host.ts';
import { signInByApproval, signInByPassword } from '../shotgrid/authenticator/sign-in.ts';
import { findBrowser } from './find-browser.ts';
import type { LoginDeps } from './login-deps.ts';
import { plain } from './text-table.ts';
import { signInByWindow } from './web-sign-in.ts';

export const METHODS = ['launcher', 'password', 'web'] as const;
export type Method = (typeof METHODS)[number];

export type PromptOptions = {
  readonly login?: string | undefined;
  readonly method?: Method | undefined;
  /** The first line is the password, the second the one-time code. */
  readonly passwordStdin?: boolean | undefined;
  readonly browser?: string | undefined;
  /** Whether to open the default browser; the address is printed anyway. */
  readonly open: boolean;
  /** Told which method it came to. */
  readonly onMethod?: (method: Method) => void;
};

export function createLoginPrompt(deps: LoginDeps, options: PromptOptions): Prompt {
  return async function askAtTerminal(question) {
    const host = parseHost(question.host ?? (await ask(deps, 'ShotGrid site', 'site')));
    const site = question.siteAt(host);
    const method = options.method ?? methodFor(await site.siteInfo());
    options.onMethod?.(method);
    const given = options.login ?? (question.isLoginFixed ? question.login : undefined);
    return { host, ...(await signIn[method]({ deps, options, question, host, given })) };
  };
}

/** The way that needs the least of the person, of those that the site has. */
function methodFor(site: SiteInfo): Method {
  if (site.appSessionLauncherEnabled) return 'launcher';
  return ['default', 'ldap'].includes(site.userAuthenticationMethod) ? 'password' : 'web';
}

type Step = {
  readonly deps: LoginDeps;
  readonly options: PromptOptions;
  readonly question: SignInQuestion;
  readonly host: string;
  /** Who it has to be. */
  readonly given: string | undefined;
};

const signIn: Readonly<Record<Method, (step: Step) => Promise<Omit<SignedIn, 'host'>>>> = {
  launcher({ deps, options, question, host, given }) {
    return signInByApproval(question.siteAt(host), {
      appName: 'Understudy',
      machineId: deps.hostName,
      login: given,
      now: deps.now,
      sleep: deps.sleep,
      async show(url) {
        deps.printError(`Approve this in your browser: ${plain(url)}`);
        if (options.open) await deps.openBrowser(url);
      },
    });
  },

  async password({ deps, options, question, host, given }) {
    const login = given ?? (await ask(deps, 'Login', 'login', question.login));
    const [first, second] = options.passwordStdin === true ? (await deps.readInput()).split(/\r?\n/) : [];
    const password = first ?? (await askSecret(deps, `Password of ${plain(login)}`));
    if (password === '') throw new AuthenticationCancelledError();
    const oneTimeCode = (): Promise<string | undefined> =>
      first === undefined ? askSecret(deps, 'One-time code') : Promise.resolve(second);
    return { login, ...(await signInByPassword(question.siteAt(host), { login, password, oneTimeCode })) };
  },

  async web({ deps, options, question, host, given }) {
    const browser = options.browser ?? findBrowser(deps.machine);
    if (browser === undefined) {
      const why = 'No Chrome, Chromium or Edge was found: name one with --browser <program>.';
      throw new IncompleteCredentialsError('browser_missing', why);
    }
    deps.printError(`Sign in in the window that opens (${browser}).`);
    return signInByWindow({ host, login: given ?? question.login, httpProxy: question.httpProxy, browser });
  },
};

async function ask({ terminal }: LoginDeps, what: string, option: string, suggested?: string): Promise<string> {
  if (terminal !== undefined) return terminal.ask(what, suggested);
  if (suggested !== undefined) return suggested;
  throw new IncompleteCredentialsError(`${option}_missing`, `Nobody is at a terminal to be asked: give --${option}.`);
}

function askSecret({ terminal }: LoginDeps, what: string): Promise<string> {
  if (terminal !== undefined) return terminal.askSecret(what);
  const why = 'Nobody is at a terminal to be asked for a password: give --password-stdin, or --method launcher.';
  throw new IncompleteCredentialsError('password_missing', why);
}

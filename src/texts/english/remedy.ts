/** English: what a person can do after what `explanation` tells, in the order of the rooms that say so. */
export const remedy = {
  // The click.
  clickMalformed:
    'Start again from the menu in ShotGrid. If it happens every time, send this page to your ShotGrid admin.',
  clickUnsigned:
    'Start again from the menu in ShotGrid. If it happens every time, the menu item’s Secret Token or Signature Algorithm differs from what this server is set up with: tell your ShotGrid admin.',
  clickStale:
    'Click the menu item again. If it happens every time, the clock of this server is off, or the network is slow: tell your ShotGrid admin.',
  clickWrongSite:
    'This server serves one ShotGrid site. Use the menu item there, or tell your ShotGrid admin that this item points at the wrong server.',
  clickTooLarge: 'Narrow the page’s filter so that it shows fewer rows, then start again from the menu in ShotGrid.',
  clickReplayed:
    'Go on in the page that the first click opened, or start again from the menu in ShotGrid: every click works once.',
  tokensUnavailable:
    'Tell the people who run this server: the file that MENU_TOKENS_FILE names must be readable by its account and by nobody else (mode 0600), and be as "understudy menu" wrote it.',

  // Launches, sessions and pages.
  launchUnknown: 'Click the menu item in ShotGrid again.',
  launchExpired: 'Click the menu item in ShotGrid again. Nothing was changed.',
  launchNotYours:
    'A click can be finished only in the browser it was made in, by the person who made it. Click the menu item in ShotGrid yourself.',
  launchMoved: 'Go on in the window that you opened from here, or click the menu item in ShotGrid again.',
  launchCookieBlocked:
    'Use a current browser, or let it keep cookies of this server inside ShotGrid, and click again. Or ask a ShotGrid admin to switch off “Open in Modal Overlay” for this menu item: it then opens in a tab of its own, which every browser can do.',
  handOverInvalid: 'Nothing was changed. Go back to the click and press “Continue” once more.',
  csrfInvalid: 'Nothing was changed. Reload the page and confirm again.',
  sessionStoreUnavailable:
    'Nothing was changed. Try again in a minute; if it stays, tell whoever runs this server that its session store does not answer.',
  databaseUnavailable:
    'Nothing was changed. Try again in a minute; if it stays, tell whoever runs this server that its database does not answer.',
  sessionUnknown: 'Look at your account page again: it lists the sessions that there are.',
  reloadAndSignIn: 'Reload the page and sign in again.',
  pageUnknown: 'Check the address, or start from the menu in ShotGrid.',
  runUnknown: 'Check the address. Your auditors can find every run in the audit log.',
  requestMalformed: 'Start again from the menu in ShotGrid.',
  hostUnknown:
    'Open {address} instead. Whoever runs this server: the proxy in front of it has to pass on the name and the scheme that the browser used (Host or X-Forwarded-Host, X-Forwarded-Proto), and TRUST_PROXY has to name it.',
  metricsRefused: 'Send one of METRICS_TOKEN as a bearer token, or ask from the machine that the server runs on.',
  needsGroup: 'Ask your administrators to add you to the right group in the identity provider, then sign in again.',
  waitSeconds:
    'Nothing was changed. Wait {seconds, plural, one {1 second} other {{seconds} seconds}} and try again. If you did nothing unusual, tell whoever runs this server: its limits may be too small for your studio.',
  tooManyStreams: 'Close other pages that follow a run, or wait a little and reload this one.',
  unexpected: 'Try again. If it happens twice, tell whoever runs this server and give them the reference.',

  // Signing in.
  signInWhenReady: 'Nothing is lost: sign in again whenever you are ready.',
  signInAgain: 'Nothing is lost: start the sign-in again.',
  signInRefused:
    'Start the sign-in again; if it is refused again, ask your administrators whether you may use this service.',
  signInConfiguration:
    'Tell your administrators: the client id, the client secret or the redirect address registered at the identity provider does not fit this server.',
  signInSuspicious:
    'Nothing was done in your name. Start the sign-in again; if it happens twice, tell your administrators.',
  signInExpired:
    'Start the sign-in again; if it happens twice, ask your administrators to compare the clocks of this server and the identity provider.',
  signInClock: 'Ask your administrators to set both clocks by the network, then start the sign-in again.',
  signInClaims:
    'Ask your administrators to look at your account at the identity provider, and at the claims it sends to this server.',
  wrongPassword:
    'Look at both and try again. After several wrong passwords ShotGrid locks an account for a while; if yours works nowhere, ask your ShotGrid administrators.',
  wrongCode:
    'A code has six digits, works once and for half a minute: wait for the next one, and type your password again.',
  passwordsSso:
    'Sign in here with your studio account, if this page offers it. If not, tell whoever runs this server: it has to know that identity provider.',
  passwordsIdentity:
    'Make a personal access token in your Autodesk profile, bind it under “Legacy login” in your ShotGrid account settings, and type it here in the password’s place. Or sign in with your studio account, if this page offers it.',
  codeRequired: 'Send login, password and the six digits of your authenticator together: the password was not kept.',
  idpUnavailable: 'Nothing is lost: try again in a minute. If it lasts, tell your administrators.',
  exchangeTooOld: 'Nothing was changed. Sign in again; most often that takes no typing.',
  exchangeRefused: 'Nothing was changed. Ask your administrators whether you may use that service.',
  exchangeNotOffered:
    'Nothing was changed. Tell your administrators: the action needs token exchange (RFC 8693) for this client.',
  exchangeMalformed: 'Nothing was changed. Tell your administrators.',
  logoutInvalid: 'Nobody was signed out by this. Compare the client and the clock of this server with the provider.',

  // The person on the site.
  personUnknown: 'Ask a ShotGrid admin whether you have an account on this site, and under which login.',
  identityMismatch: 'Sign out here and sign in as the person who is signed in to ShotGrid, then click again.',
  sudoFlagOff:
    'Ask a ShotGrid admin to tick "Admins Can Perform Actions As" on your person’s page, or make the change yourself in ShotGrid.',
  sudoInactive: 'Ask a ShotGrid admin to make your account active again.',
  sudoAdmin: 'Make the change yourself in ShotGrid, or ask a colleague who is not an admin.',
  sudoRefused:
    'Ask a ShotGrid admin whether this server’s script may act as you, or make the change yourself in ShotGrid.',
  sudoClaimMismatch: 'Tell your ShotGrid admin: the site did not honour "sudo_as_login", so nothing was done.',
  approveOwnSession:
    'Approve in ShotGrid that this server acts for you with your own session; nothing you typed is lost.',
  siteSessionEnded: 'Sign in to ShotGrid again.',
  siteSessionMismatch: 'Sign in to ShotGrid as yourself, and nobody else, then try again.',
  approvalOff:
    'Make the change yourself in ShotGrid, or ask a ShotGrid admin to switch on the "App Session Launcher" in the site preferences.',
  approvalDenied: 'If that was a mistake, ask ShotGrid again and approve. Your click is still waiting here.',
  approvalExpired: 'Ask ShotGrid again, and approve within five minutes. Your click is still waiting here.',
  approvalOfAnother:
    'Sign in to ShotGrid as yourself, then ask again. Never approve a request for somebody else, and never let anybody approve yours.',
  approvalLost: 'Ask again in a minute. Your click is still waiting here.',

  // The site.
  tryInAMinute: 'Try again in a minute.',
  tryInMinutes: 'Try again in a few minutes.',
  siteUnavailable: 'Try again in a minute. If it goes on, tell your ShotGrid admin.',
  siteUnreadable: 'Tell your ShotGrid admin: something between this server and the site may be answering in its place.',
  siteBlocked:
    'Tell your ShotGrid admin: the site may allow API calls from listed addresses only, and this server’s is not among them.',
  siteScriptRefused:
    'Tell the people who run this server: the script name or script key is wrong, or the script was deleted.',
  siteRefused: 'Ask your ShotGrid admin whether your permission group may do this, or choose other rows.',
  siteNotFound: 'Reload the ShotGrid page: the row may have been deleted meanwhile.',
  siteRequestInvalid: 'Tell the author of the action: it asks ShotGrid for something that is not possible.',
  outcomeUnknown: 'Look at the rows in ShotGrid before you try again: the change may have been made.',

  // Actions and their plans.
  actionUnknown:
    'Tell your ShotGrid admin that the menu item points at an action that does not exist; its URL must end in the name of an action file.',
  actionOtherType:
    'Use it on a page that lists such rows, or ask your ShotGrid admin to narrow the menu item’s entity type.',
  actionTooManyRows: 'Select fewer rows and click again.',
  actionNeedsProject: 'Select rows of one project and click again.',
  actionForGroups: 'Ask your ShotGrid admin which permission group you belong in.',
  actionForProjects: 'Use it on a page of that project.',
  actionOff: 'Try again when it is on; {name} or another administrator of this server can tell you when.',
  readOnly:
    'Previews are shown as ever. Confirm again when changes are allowed; {name} or another administrator of this server can tell you when.',
  actionFailed:
    'Try again. If it happens twice, tell the author of the action; what broke is in the log of this server.',
  planOutside: 'Tell the author of the action: what it proposes must stay within what its definition says it touches.',
  planInvalid: 'Tell the author of the action which row and field it is about, or answer its form differently.',
  planChanged: 'Look at the preview again: the rows or the action have changed since this page was made.',
  countMismatch: 'Type the number that the preview shows beside its button.',
  formInvalid: 'Mend the fields that are marked and send the form again. What you typed is kept.',
  formAnswers: 'Answer with --form name=value, once per field; several values of one field by as many of them.',
  remoteNotConfigured:
    'Tell your administrators: REMOTE_ORIGINS, REMOTE_PRIVATE_HOSTS or the secret of this service is missing.',
  remoteUnavailable: 'Try again in a minute. If it lasts, tell the people who look after this action.',
  remotePlanUnusable: 'Tell the people who look after this action; the message says what its service got wrong.',
  proofUnavailable: 'Nothing was changed. Try again in a minute; if it lasts, tell your administrators.',

  // Runs.
  runNotYours: 'Ask the person who confirmed the run, or an administrator of this server.',
  runGoingOn: 'Wait until it has ended, or cancel it first.',
  nothingToDo: 'There is nothing to do.',
  undoneAlready: 'Undo that undo instead, if it was a mistake.',
  retriedAlready: 'Look at that run instead.',

  // The log.
  logUnavailable:
    'Nothing was changed by this step. Try again in a minute; if it stays, tell whoever runs this server that its audit log cannot be written or read.',
  searchInvalid: 'Correct what is named and search again: nothing of what was typed is lost.',
  checkpointUnknown:
    'An export names its checkpoint; /audit/checkpoints/newest is the newest. Checkpoints are signed once AUDIT_CHECKPOINT_KEYS is set.',
  recordUnknown: 'Check the number. If a record of it was there before, verify the log: a missing record shows there.',
} as const;

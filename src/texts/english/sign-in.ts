/** English: signing in with a password, and having signed out. */
export const signIn = {
  signIn: 'Sign in',
  yourCode: 'Your code, please',
  secondFactor:
    'Your ShotGrid account is protected by a second factor. Type your password once more, since it was not kept, and the six digits that your authenticator shows now.',
  /** `site`: the host name of the ShotGrid site. */
  twoWays: 'There are two ways to show who you are at <strong>{site}</strong>.',
  withAccountAt: 'With the account that you have at <strong>{site}</strong>.',
  codeAndReference: 'Code <code data-code>{code}</code>, reference <code data-reference>{reference}</code>',
  withStudioAccount: 'With your studio account',
  oftenNothingToType: 'As everywhere in the studio; often there is nothing to type.',
  signInWithStudioAccount: 'Sign in with your studio account',
  orWithPassword: 'Or with your ShotGrid password',
  login: 'Login',
  password: 'Password',
  accessToken: 'Where your studio signs in with Autodesk accounts: your personal access token.',
  code: 'Code',
  sixDigits: 'six digits',
  codeHelp: 'Six digits. Each code works once.',
  startAgain: 'Start again',
  whatIsKept:
    'Your password goes to ShotGrid, once, and is kept nowhere. What this server keeps, encrypted and for this browser alone, is the session that ShotGrid opens for you. It is forgotten when you sign out.',
  signedOut: 'Signed out',
  youAreSignedOut: 'You are signed out',
  forgotten: 'Understudy has forgotten you in this browser. Your next click in ShotGrid asks you to sign in again.',
  openShotGrid: 'Open ShotGrid',
} as const;

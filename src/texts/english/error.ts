/** English: the page of a refusal. What was refused and why comes with the error itself; here is what stands around it. */
export const error = {
  orElse: 'Or',
  whatNext: 'What to do next',
  nothingChanged: 'Nothing was changed by this.',
  reference: 'Reference',
  quoteIt: 'quote it when you ask for help',
  code: 'Code',
  signInWithPassword: 'Sign in with your ShotGrid password',
  signInAgain: 'Sign in again',
  signInAsOther: 'Sign in as somebody else',
  tryAgain: 'Try again',
  continueAsYourself: 'Continue as yourself',
  openRunInTab: 'Open this run in a tab',
  /** Heading, where a code has none of its own in `refusal`. */
  didNotWork: 'This did not work',
} as const;

/** English: approving in ShotGrid that one acts for oneself. */
export const approval = {
  continueAsYourself: 'Continue as yourself',
  nothingChangedYet: 'Nothing has been changed yet.',
  whatItMeans:
    'Approve in ShotGrid, and it is done with your own session there instead of by the script of this server. This page goes on by itself.',
  approve: 'Approve in ShotGrid',
  orThisAddress:
    'It opens in a new tab. Or open this address where you are signed in to ShotGrid as yourself: <code class="address" data-address>{url}</code>',
  waiting:
    'Waiting for your approval, until <time datetime="{until}">{untilText}</time>. You may close this page and come back.',
  refresh: 'Refresh',
  askFor:
    'Ask ShotGrid for your approval, and it is done with your own session there instead of by the script of this server.',
  askAgain: 'Ask ShotGrid again',
} as const;

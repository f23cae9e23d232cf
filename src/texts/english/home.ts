/** English: the first page. */
export const home = {
  title: 'Welcome',
  heading: 'The work starts in ShotGrid',
  lead: 'Select rows on a ShotGrid page, right-click, and pick one of the menu items below. You see what would change before anything does.',
  noMenuItems: 'No menu items are set up on this server yet.',
  menuItems: 'Menu items on this server',
  menuItem: 'Menu item',
  forRows: 'For',
  whatItDoes: 'What it does',
  openShotGrid: 'Open ShotGrid',
  signIn: 'Sign in',
} as const;

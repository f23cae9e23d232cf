/** English: the site’s menu items. */
export const inventory = {} as const;

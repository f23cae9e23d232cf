/** Sentences on what is wrong with the page that is open; none when all is well. To be run inside the page. */
export function inspectFocus(): string[];

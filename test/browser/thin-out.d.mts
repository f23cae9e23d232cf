/** Leaves three of all that is built alike; returns the skeleton of the page. */
export function thinOut(): string;

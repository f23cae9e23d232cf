/** What a page says, outside of what is marked as English, and in which language. */
export function readTexts(): { readonly language: string; readonly texts: readonly string[] };

/** Which browser on which system, in words of our own: enough for a person to tell their sessions apart. Pure. */

/** In this order: each names the ones after it too. */
const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const LONGEST = 1_000;

const UNKNOWN = 'A browser';

/** Nothing of the header itself is kept. */
export function browserKind(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, LONGEST);
  const find = (known: typeof BROWSERS): string | undefined => known.find(([pattern]) => pattern.test(text))?.[1];
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)];
  return `${browser ?? UNKNOWN}${system === undefined ? '' : ` on ${system}`}`;
}

/** The names in what {@link browserKind} said and a session keeps, for a page in any language. */
export function browserNames(kind: string | undefined): {
  readonly browser: string | undefined;
  readonly system: string | undefined;
} {
  const [browser, system] = (kind ?? UNKNOWN).split(' on ', 2);
  return { browser: browser === UNKNOWN ? undefined : browser, system };
}

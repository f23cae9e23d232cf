export declare function findProgram(names: readonly string[], folders?: readonly string[]): string | undefined;
export declare function findPostgres(): string | undefined;
export declare function findRedis(): string | undefined;
export declare function findChromium(): string | undefined;
export declare function findHeadlessShell(): string | undefined;

/** Full path of Firefox, or undefined. */
export function findFirefox(): string | undefined;

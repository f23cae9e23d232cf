/** The part of pino that we use, so that a test can listen. */
export type Logger = {
  child(bindings: Readonly<Record<string, unknown>>): Logger;
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
};

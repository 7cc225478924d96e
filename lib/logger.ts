/** Fields of a log line. Secrets cannot get in unprinted: a `Secret` serialises as `[redacted]`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What the library needs of a logger; `console` does. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const ignore = (): void => undefined;

/** Drops every line: the default of a library that should not write to somebody else's output. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

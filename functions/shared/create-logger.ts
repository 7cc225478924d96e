import type { LogFields, Logger } from '../../lib/logger.ts';
import { type JsonFields, joinFields, toJsonFields } from './json-fields.ts';

type Log = (message: string, fields?: LogFields, more?: JsonFields) => void;

/** A {@link Logger} whose lines may end with fields that are JSON already. */
export interface LineLogger extends Logger {
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

/**
 * One JSON object per line, in the fields of Lambda's own JSON logs.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function createLogger(write: (line: string) => void, now: () => number): LineLogger {
  // Joined as text: every call writes a line, and to copy its fields into one object first is half of the work.
  const log =
    (level: string): Log =>
    (message, fields = {}, more = '') => {
      const head = `"timestamp":"${new Date(now()).toISOString()}","level":"${level}","message":${JSON.stringify(message)}`;
      write(`{${joinFields(head, joinFields(toJsonFields(fields), more))}}`);
    };
  return { debug: log('DEBUG'), info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

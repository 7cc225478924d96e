import type { LogFields, Logger } from '../../lib/logger.ts';

/**
 * One JSON object per line, in the fields of Lambda's own JSON logs.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function createLogger(write: (line: string) => void, now: () => number, base: LogFields = {}): Logger {
  const log =
    (level: string) =>
    (message: string, fields: LogFields = {}): void =>
      write(JSON.stringify({ timestamp: new Date(now()).toISOString(), level, message, ...base, ...fields }));
  return { debug: log('DEBUG'), info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../functions/runtime/log.ts';
import { Secret } from '../../../../lib/secret.ts';

function log(...call: Parameters<ReturnType<typeof createLogger>['info']>): string {
  const lines: string[] = [];
  createLogger(
    (line) => lines.push(line),
    () => Date.UTC(2030, 0, 1),
  ).info(...call);
  expect(lines).toHaveLength(1);
  return lines[0] as string;
}

const HEAD = { timestamp: '2030-01-01T00:00:00.000Z', level: 'INFO' };

describe('a line of the log', () => {
  it.each([
    ['a message alone', ['done'], {}],
    ['no field that is there', ['done', { traceId: undefined }], {}],
    [
      'fields',
      ['done', { name: 'app/db', ms: 5, cold: false, at: ['a', 'b'] }],
      { name: 'app/db', ms: 5, cold: false, at: ['a', 'b'] },
    ],
    ['fields that are JSON already, alone', ['done', undefined, '"a":1'], { a: 1 }],
    ['both', ['done', { b: 2 }, '"a":{"c":3}'], { b: 2, a: { c: 3 } }],
  ] as const)('is one JSON object with %s', (_, call, fields) => {
    const line = log(...(call as unknown as Parameters<typeof log>));
    expect(JSON.parse(line)).toEqual({ ...HEAD, message: 'done', ...fields });
  });

  it('stays one line, whatever the message, a name or a value holds', () => {
    const hostile = 'a"b\\c\nd\u2028{}';
    const line = log(hostile, { [hostile]: hostile });
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({ ...HEAD, message: hostile, [hostile]: hostile });
  });

  it('has the time of its own writing, within a second, in the next, and when the clock goes back', () => {
    const times = [0, 7, 42, 999, 1_000, 998, -1, 1_764_000_000_000].map((ms) => Date.UTC(2030, 0, 1) + ms);
    const lines: string[] = [];
    const clock = times.values();
    const logger = createLogger(
      (line) => lines.push(line),
      () => clock.next().value as number,
    );
    for (const _ of times) logger.info('done');
    expect(lines.map((line) => JSON.parse(line).timestamp)).toEqual(times.map((ms) => new Date(ms).toISOString()));
  });

  it('does not say a secret', () => {
    expect(JSON.parse(log('done', { value: Secret.of('s3cret') }))).toMatchObject({ value: '[redacted]' });
  });
});

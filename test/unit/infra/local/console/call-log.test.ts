import { expect, it } from 'vitest';
import { createCallLog } from '../../../../../infra/local/console/call-log.ts';

const line = (message: string): string => JSON.stringify({ timestamp: 't', level: 'INFO', message });

it('keeps the last 200 lines', () => {
  const log = createCallLog();
  for (let index = 0; index < 205; index += 1) log.add(line(String(index)));
  expect(log.lines()).toHaveLength(200);
  expect(log.lines()[0]?.message).toBe('5');
});

it.each(['(λ: read-secret) Duration: 1 ms', '{ not: json }', '{"_aws":{},"Retries":0}', '', '[1]'])(
  'passes over what is no line of the functions: %j',
  (printed) => {
    const log = createCallLog();
    log.add(printed);
    expect(log.lines()).toEqual([]);
  },
);

it('tells whoever subscribed, until that ends', () => {
  const log = createCallLog();
  const told: string[] = [];
  const end = log.subscribe(({ message }) => told.push(message));
  log.add(line('one'));
  end();
  log.add(line('two'));
  expect(told).toEqual(['one']);
});

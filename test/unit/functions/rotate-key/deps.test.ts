import { expect, it } from 'vitest';
import { createStepLog } from '../../../../functions/rotate-key/deps.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import type { LogFields } from '../../../../lib/logger.ts';

it('a step of a rotation tells how many requests to Conjur it took, also where it failed', async () => {
  const lines: LogFields[] = [];
  const note = (_message: string, fields: LogFields = {}): void => void lines.push(fields);
  let sent = 7;
  let nowMs = 1_000;
  const clock = { now: () => nowMs, sleep: async () => undefined };
  const logger = { debug: note, info: note, warn: note, error: note };
  const logged = createStepLog({ logger, clock, countAttempts: () => sent }, { secretId: 'credential' });
  await logged('one', async () => {
    sent += 2;
    nowMs += 30;
  });
  const failing = logged('two', async () => {
    sent += 1;
    throw new Error('of the test');
  });
  await expect(failing).rejects.toThrow('of the test');
  const refused = new ConjurError('forbidden', 'No.');
  await expect(logged('three', async () => Promise.reject(refused))).rejects.toBe(refused);
  expect(lines).toEqual([
    { secretId: 'credential', step: 'one', durationMs: 30, conjurRequests: 2 },
    { secretId: 'credential', step: 'two', code: 'internal', durationMs: 0, conjurRequests: 1 },
    { secretId: 'credential', step: 'three', code: 'forbidden', durationMs: 0, conjurRequests: 0 },
  ]);
});

import { afterEach, expect, it } from 'vitest';
import { createConnectAs } from '../../../functions/rotate-key/create-deps.ts';
import { createStepLog } from '../../../functions/rotate-key/deps.ts';
import { createContainer } from '../../../functions/runtime/container.ts';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import type { LogFields } from '../../../lib/logger.ts';
import { Secret } from '../../../lib/secret.ts';

let conjur: LocalConjur | undefined;
afterEach(async () => {
  await conjur?.close();
  conjur = undefined;
});

it('what a rotation sends as another host is in the numbers of its line', async () => {
  conjur = await createLocalConjur();
  const startup = createContainer({ CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey });
  if (!('container' in startup)) throw startup.fault;
  const { container } = startup;
  container.takeAttempts();
  const other = createConnectAs(container)({ login: 'admin', apiKey: Secret.of(conjur.adminApiKey) }, 'a test');
  await other.whoami();
  await other.close();
  await container.conjur.close();
  expect(container.takeAttempts().map(({ action }) => action)).toHaveLength(2);
});

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
  expect(lines).toEqual([
    { secretId: 'credential', step: 'one', durationMs: 30, conjurRequests: 2 },
    { secretId: 'credential', step: 'two', code: 'internal', durationMs: 0, conjurRequests: 1 },
  ]);
});

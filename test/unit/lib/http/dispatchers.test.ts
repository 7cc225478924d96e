import { expect, it, onTestFinished } from 'vitest';
import { createDispatchers, KEEP_ALIVE_MS } from '../../../../lib/http/dispatchers.ts';

const TLS = { verify: true, ca: undefined, clientCert: undefined, clientKey: undefined };

it.each([
  ['at once', 0, true],
  ['just before its sockets are closed', KEEP_ALIVE_MS, true],
  ['a moment later, as after a freeze', KEEP_ALIVE_MS + 1, false],
  ['where the wall clock went backwards', -1, false],
])('the pool is kept for the next request %s: %i ms', async (_, laterMs, isKept) => {
  const dispatchers = createDispatchers({ tls: TLS, proxy: undefined, timeoutMs: 1_000 });
  onTestFinished(() => dispatchers.close());
  const first = dispatchers.keptAlive(1_000_000);
  expect(dispatchers.keptAlive(1_000_000 + laterMs) === first).toBe(isKept);
});

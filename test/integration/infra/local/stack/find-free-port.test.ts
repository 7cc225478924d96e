import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { findFreePort } from '../../../../../infra/local/stack/find-free-port.ts';

const { randomInt } = vi.hoisted(() => ({ randomInt: vi.fn<(min: number, max: number) => number>() }));
vi.mock('node:crypto', async (original) => ({ ...(await original<typeof import('node:crypto')>()), randomInt }));

it('a port is one that nobody listens on, and none that an outgoing connection may take', async () => {
  const { randomInt: draw } = await vi.importActual<typeof import('node:crypto')>('node:crypto');
  randomInt.mockImplementation(draw);
  const other = createServer().listen(await findFreePort(), '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port: taken } = other.address() as { port: number };
  expect(taken).toBeGreaterThanOrEqual(20_000);
  expect(taken).toBeLessThan(32_000);
  randomInt.mockReturnValueOnce(taken);
  expect(await findFreePort()).not.toBe(taken);
  expect(randomInt).toHaveBeenCalledTimes(3);
});

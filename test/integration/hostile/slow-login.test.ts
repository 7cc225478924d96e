import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createConjurClient } from '../../../lib/client.ts';
import { MovableClock } from '../lib/movable-clock.ts';
import { TOKEN } from './hostile-server.ts';

/** A server that answers reads at once, and the second login as a test says. */
async function startServer(secondLogin: 'hangs' | 'throttles') {
  let logins = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (!request.url?.endsWith('/authenticate')) return response.end('value');
      logins += 1;
      if (logins === 1) return response.writeHead(200).end(TOKEN.body);
      if (secondLogin === 'throttles') response.writeHead(429, { 'retry-after': '10' }).end();
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, logins: () => logins };
}

it.each(['hangs', 'throttles'] as const)(
  'a read beside a refresh that %s has its answer, and the end of the call waits for one attempt alone',
  async (secondLogin) => {
    const { url, logins } = await startServer(secondLogin);
    const clock = new MovableClock();
    const conjur = createConjurClient({ baseUrl: url, auth: { type: 'api-key', apiKey: 'key' } }, { clock });
    await conjur.readSecret('a');
    clock.move(301_000);
    expect((await conjur.readSecret('a')).value.expose()).toBe('value');
    await conjur.idle();
    // The old token goes on, and the next read tries no other login so soon.
    expect((await conjur.readSecret('a')).value.expose()).toBe('value');
    expect(conjur.idle()).toBeUndefined();
    expect(logins()).toBe(2);
    await conjur.close();
  },
);

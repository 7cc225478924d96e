import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createConjurClient } from '../../../lib/client.ts';
import { accessTokenText } from '../../unit/lib/access-token-text.ts';

/** A server that issues tokens of its own and takes just those that it knows. */
async function startServer(issues: string, takes: readonly string[]) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const path = request.url ?? '';
      seen.push(`${request.method} ${path}`);
      if (path.endsWith('/authenticate')) return response.end(issues);
      const token = /token="(.*)"/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const isKnown = takes.includes(Buffer.from(token, 'base64').toString());
      if (!isKnown) return response.writeHead(401, { 'content-type': 'text/plain' }).end('Unauthorized: Invalid token');
      return request.method === 'POST' ? response.writeHead(201).end() : response.end('value');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const OF_FOLLOWER = accessTokenText(480, 1_770_000_000, 'follower');
const OF_LEADER = accessTokenText(480, 1_770_000_000, 'leader');

it('a token that a follower issued and the leader refuses costs one login at the leader, and every write goes on', async () => {
  const leader = await startServer(OF_LEADER, [OF_LEADER]);
  const follower = await startServer(OF_FOLLOWER, [OF_FOLLOWER]);
  const conjur = createConjurClient({
    baseUrl: leader.url,
    readBaseUrls: [follower.url],
    auth: { type: 'api-key', apiKey: 'key' },
  });
  for (const value of ['one', 'two']) await conjur.writeSecret('a', value, { reportVersion: false });
  // The follower knows nothing of the leader's token; its refusal is settled at the leader.
  expect((await conjur.readSecret('a')).value.expose()).toBe('value');
  await conjur.close();
  expect(leader.seen.filter((request) => request.endsWith('/authenticate'))).toHaveLength(1);
  expect(leader.seen.filter((request) => request.startsWith('POST /secrets'))).toHaveLength(3);
});

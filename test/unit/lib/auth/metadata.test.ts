import { expect, it } from 'vitest';
import { createMetadataClient, parseCloudToken } from '../../../../lib/auth/metadata.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { serveOnLoopback } from '../../../support/serve-on-loopback.ts';
import { FakeClock } from '../fake-clock.ts';

it.each([
  [200, 'answer', 1],
  [404, 'authentication_failed', 1],
  [428, 'authentication_failed', 1],
  [429, 'upstream_unavailable', 2],
  [430, 'authentication_failed', 1],
  [499, 'authentication_failed', 1],
  [500, 'upstream_unavailable', 1],
  [503, 'upstream_unavailable', 2],
])(
  'a metadata service that answers %i is %s after %i requests, each over a connection of its own',
  async (status, end, requests) => {
    const sockets: unknown[] = [];
    await using server = await serveOnLoopback(({ socket }, response) => {
      sockets.push(socket);
      response.writeHead(status).end(' answer\n');
    });
    const clock = new FakeClock();
    const service = { name: 'It', baseUrl: new URL(server.url), headers: { a: 'b' }, advice: 'Look at it.' };
    const ask = createMetadataClient(service, clock, () => 0.5);
    const answer = await ask('/path', new Deadline(clock, 10_000)).catch((error: { code: string }) => error.code);
    expect([answer, sockets.length, new Set(sockets).size]).toEqual([end, requests, requests]);
  },
);

it.each(['!a.b.c', 'a.b.c!', 'a.b', '', 7])('%j is no token, and is not quoted', (text) => {
  const service = { name: 'It', baseUrl: new URL('http://metadata.test'), headers: {}, advice: '' };
  expect(() => parseCloudToken(text, service)).toThrow(
    /^It \(http:\/\/metadata\.test\) answered with something that is no token\./,
  );
  expect(parseCloudToken('a.b.c', service)).toBe('a.b.c');
});

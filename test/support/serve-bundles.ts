import type { IncomingMessage } from 'node:http';
import { type Bundle, loadBundle } from './load-bundle.ts';
import { type LoopbackServer, serveOnLoopback } from './serve-on-loopback.ts';

/**
 * Serves the built functions as an HTTP API does: payload 2.0, path parameters decoded once. It keeps no authorization, no limits and no
 * timeouts.
 */
export async function serveBundles(environment: Readonly<Record<string, string>>): Promise<LoopbackServer> {
  const [read, write, rotate] = await Promise.all(
    ['read-secret', 'write-secret', 'rotate-key'].map((name) => loadBundle(name, environment)),
  );
  const functionFor = (method: string, path: string): Bundle | undefined => {
    if (method === 'GET') return read;
    return path === '/rotations' ? rotate : write;
  };
  return serveOnLoopback((incoming, reply) => {
    void (async () => {
      const event = await toEvent(incoming);
      const answer = (await functionFor(incoming.method ?? '', event.rawPath)?.handler(event)) as {
        statusCode: number;
        headers: Record<string, string>;
        body: string;
        isBase64Encoded: boolean;
      };
      reply.writeHead(answer.statusCode, answer.headers);
      reply.end(Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8'));
    })();
  });
}

async function toEvent(incoming: IncomingMessage) {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const rawPath = decodeURIComponent(url.pathname);
  const method = incoming.method ?? 'GET';
  const name = /^\/secrets\/(.+)$/s.exec(rawPath)?.[1];
  const route = name === undefined ? rawPath : '/secrets/{name+}';
  return {
    version: '2.0',
    routeKey: `${method} ${route}`,
    rawPath,
    rawQueryString: url.search.slice(1),
    headers: incoming.headers,
    pathParameters: name === undefined ? {} : { name },
    requestContext: { http: { method, path: rawPath }, requestId: 'request' },
    body: Buffer.concat(await incoming.toArray()).toString('base64'),
    isBase64Encoded: true,
  };
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Target } from '../../../faults/fault-proxy/forward-request.ts';

export interface StartedTarget {
  readonly target: Target;
  /** Requests that came whole, as method, path and body. */
  readonly seen: string[];
  /** Requests whose connection was cut before they were whole. */
  readonly broken: string[];
}

/** An access token as Conjur makes them; its life is 480 s from 2026-01-01. */
export const TOKEN = JSON.stringify({
  protected: 'eyJhbGciOiJ0ZXN0In0=',
  payload: Buffer.from('{"sub":"admin","iat":1767225600,"exp":1767226080}').toString('base64'),
  signature: 'c2lnbmF0dXJl',
});

/** A small server behind the proxy: it answers `/token` with a token, `/empty` with 201 and nothing, the rest with what it got. */
export async function startTarget(): Promise<StartedTarget> {
  const seen: string[] = [];
  const broken: string[] = [];
  const server = createServer(async (request, response) => {
    const name = `${request.method} ${request.url}`;
    request.once('aborted', () => broken.push(name));
    const body = (await request.toArray().catch(() => undefined))?.join('');
    if (body === undefined) return;
    seen.push(`${name} ${body}`.trim());
    response.setHeader('x-target', 'yes');
    if (request.url === '/token' && request.headers['accept-encoding'] === 'base64') {
      response.setHeader('content-encoding', 'base64').end(Buffer.from(TOKEN).toString('base64'));
    } else if (request.url === '/token') response.end(TOKEN);
    else if (request.url === '/empty') response.writeHead(201).end();
    else response.setHeader('content-type', 'text/plain').end(`answer to ${name} ${body}`.trim());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port }, seen, broken };
}

import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { onTestFinished } from 'vitest';

/** An http proxy on the loopback. It ends with the test. */
export interface HttpProxy {
  readonly port: number;
  /** What it was asked for: `CONNECT host:port`, `GET http://host/path`. */
  readonly asked: string[];
}

/**
 * @param tls certificate and key of a proxy that speaks TLS itself
 * @param hosts port on the loopback by `host:port` that clients ask for; anything else is a 502
 * @param credentials `user:password` that clients must give; otherwise 407
 */
export async function startHttpProxy(
  hosts: Readonly<Record<string, number>>,
  credentials?: string,
  tls?: { readonly cert: string; readonly key: string },
): Promise<HttpProxy> {
  const asked: string[] = [];
  const create = (listener: RequestListener) =>
    tls === undefined ? createServer(listener) : createSecureServer({ ...tls }, listener);
  const server = create((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const url = new URL(incoming.url ?? '');
    const port = hosts[url.host];
    if (!isAllowed(incoming, credentials) || port === undefined) {
      outgoing.writeHead(port === undefined ? 502 : 407).end();
      return;
    }
    const { method, headers } = incoming;
    const forwarded = httpRequest({ host: '127.0.0.1', port, path: url.pathname + url.search, method, headers });
    forwarded.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  server.on('connect', (incoming: IncomingMessage, socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    const port = hosts[incoming.url ?? ''];
    if (!isAllowed(incoming, credentials) || port === undefined) {
      socket.end(`HTTP/1.1 ${port === undefined ? '502 Bad Gateway' : '407 Proxy Authentication Required'}\r\n\r\n`);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

function isAllowed(incoming: IncomingMessage, credentials: string | undefined): boolean {
  if (credentials === undefined) return true;
  return incoming.headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`;
}

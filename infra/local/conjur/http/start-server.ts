import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { LocalTls } from '../options.ts';

/** Bytes of request line and headers: more than the longest request line that is answered. */
const LONGEST_HEADERS = 65_536;

/** Answers one request. */
export type Handler = (request: Request, bindings: HttpBindings) => Response | Promise<Response>;

/** Where to listen, and with which certificates. */
export interface Binding {
  readonly host: string;
  readonly port: number;
  readonly tls: LocalTls | undefined;
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  /** Ends all connections and waits for the requests that are being answered. */
  close(): Promise<void>;
}

/** Starts to listen. Rejects with the system's error when the address cannot be had. */
export async function startServer(handler: Handler, binding: Binding): Promise<RunningServer> {
  const running = new Set<Promise<unknown>>();
  const server = createServer((request, bindings) => {
    const answer = Promise.resolve(handler(request, bindings));
    const settled = answer.catch(() => {}).finally(() => running.delete(settled));
    running.add(settled);
    return answer;
  }, binding.tls);
  const url = await listen(server, binding);
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await Promise.all([closed, ...running]);
  };
  return { url, close };
}

function createServer(handler: Handler, tls: LocalTls | undefined): Server {
  const fetch = (request: Request, env: unknown) => handler(request, env as HttpBindings);
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
  if (tls === undefined) return createHttpServer({ maxHeaderSize: LONGEST_HEADERS }, listener);
  const { cert, key, clientCa, clientCertificates = 'required' } = tls;
  const isRequired = clientCertificates === 'required';
  const clients = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: isRequired };
  return createHttpsServer({ cert, key, ...clients, maxHeaderSize: LONGEST_HEADERS }, listener);
}

function listen(server: Server, { host, port, tls }: Binding): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
      resolve(`${tls === undefined ? 'http' : 'https'}://${name}:${address.port}`);
    });
  });
}

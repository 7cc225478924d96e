import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Certificate and private key, PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/** The port of the proxy and the connections to it. */
export interface Listener {
  readonly port: number;
  /** Connections so far, and those that are open now. */
  readonly connections: { readonly accepted: number; readonly open: number };
  /** Listens, on the same port as before. */
  listen(): Promise<void>;
  /** Closes the port and cuts every connection: the next one is refused. */
  stopListening(): Promise<void>;
  /** New connections speak TLS with this certificate; undefined: what the proxy was made with. Idle ones are closed. */
  useTls(identity: TlsIdentity | undefined): void;
  /** Closes the connections that carry no request, and tells the clients (FIN). */
  closeIdle(): void;
  /** Lets the connections that carry no request look open; the next byte on one is answered by a reset. */
  poisonIdle(): void;
  /** Makes the connections that were only made to look open good again. */
  healPoisoned(): void;
  /** Resets the connection that a request came on (RST), under its TLS if it has any. */
  reset(socket: Socket): void;
}

interface Connection {
  readonly raw: Socket;
  activeRequests: number;
  poisoned: boolean;
}

export interface ListenerOptions {
  readonly tls: TlsIdentity | undefined;
  /** Gets each request, except those on poisoned connections. */
  readonly onRequest: RequestListener;
  /** Told of each request that was reset because its connection was poisoned. */
  readonly onPoisoned: () => void;
}

/** Listens on a free port of 127.0.0.1. */
export async function createListener({ tls, onRequest, onPoisoned }: ListenerOptions): Promise<Listener> {
  // By the client's port, for a TLS socket does not tell which TCP socket is under it.
  const connections = new Map<number, Connection>();
  const count = { accepted: 0 };
  const handle: RequestListener = (request, response) => {
    const connection = connections.get(request.socket.remotePort ?? 0);
    // Undefined: the client went away before its request was parsed.
    if (connection === undefined) return;
    if (connection.poisoned) {
      onPoisoned();
      connection.raw.resetAndDestroy();
      return;
    }
    connection.activeRequests += 1;
    response.once('close', () => {
      connection.activeRequests -= 1;
    });
    onRequest(request, response);
  };
  const own = createParser(tls, handle);
  let parser = own;
  const server = createServer((raw) => {
    const { remotePort = 0 } = raw;
    count.accepted += 1;
    connections.set(remotePort, { raw, activeRequests: 0, poisoned: false });
    raw.once('close', () => connections.delete(remotePort));
    parser.emit('connection', raw);
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const idle = () => [...connections.values()].filter(({ activeRequests }) => activeRequests === 0);
  const closeIdle = () => {
    for (const { raw } of idle()) raw.destroySoon();
  };
  return {
    port,
    get connections() {
      return { accepted: count.accepted, open: connections.size };
    },
    async listen() {
      if (!server.listening) await listen(port);
    },
    async stopListening() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const { raw } of connections.values()) raw.resetAndDestroy();
      await closed;
    },
    useTls(identity) {
      parser = identity === undefined ? own : createParser(identity, handle);
      closeIdle();
    },
    closeIdle,
    poisonIdle() {
      for (const connection of idle()) connection.poisoned = true;
    },
    healPoisoned() {
      for (const connection of connections.values()) connection.poisoned = false;
    },
    reset: (socket) => void connections.get(socket.remotePort ?? 0)?.raw.resetAndDestroy(),
  };
}

/** An HTTP server that never listens: connections are handed to it. It keeps idle ones open for ever. */
function createParser(tls: TlsIdentity | undefined, handle: RequestListener): HttpServer {
  const server = tls === undefined ? createHttpServer(handle) : createHttpsServer({ ...tls }, handle);
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  // A client that ends a connection early, or does not like the certificate, is what the proxy is for.
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

import type { Socket } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { Secret } from '../secret.ts';
import type { ProxySettings } from './proxy.ts';

export interface TlsSettings {
  /** False: any certificate is taken. */
  readonly verify: boolean;
  /** PEM. When given, the only authorities that are trusted; otherwise the system's. */
  readonly ca: string | undefined;
  /** PEM of the client certificate. A file of one often holds its private key too. */
  readonly clientCert: Secret | undefined;
  /** PEM of its private key. */
  readonly clientKey: Secret | undefined;
  /** Where both came from, to be read again; absent where they did not come from files. */
  readonly clientFiles?: { readonly cert: string; readonly key: string } | undefined;
}

const MAX_CONNECTIONS = 64;
/** A socket that was idle for this long is closed, in milliseconds. Puma and the usual proxies keep theirs for 20 s and more. */
export const KEEP_ALIVE_MS = 15_000;

export interface DispatcherOptions {
  readonly tls: TlsSettings;
  /** Undefined: every server is reached directly. */
  readonly proxy: ProxySettings | undefined;
  /** Limit of a connection attempt, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Opens connections by the TLS settings. HTTP/1.1 only: one broken HTTP/2 session of a server in front would fail all requests
 * at once.
 */
function createConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector({ ...options, allowH2: false });
  return (target, callback) =>
    connect(target, (...[error, socket]) => {
      if (error !== null) callback(error, null);
      else callback(null, skipContinue(socket));
    });
}

const CONTINUE = Buffer.from('HTTP/1.1 100');
const FIRST_DIGIT = 'HTTP/1.1 '.length;
const END_OF_HEAD = '\r\n\r\n';
/** undici's own limit. */
const MAX_HEAD_BYTES = 16_384;

/**
 * Takes a `100 Continue` off what a socket gives. Nobody here asks for one, but some proxies send it, and a client must be able to pass
 * over it (RFC 9110, section 15.2); undici ends the connection instead. Looked for only between a request and its answer: what comes
 * later may be a value that begins like this.
 */
export function skipContinue<S extends Socket>(socket: S): S {
  let awaitsAnswer = false;
  let held: Buffer | undefined;
  const write = socket.write as (...parts: unknown[]) => boolean;
  const read = socket.read as (size?: number) => Buffer | null;
  return Object.assign(socket, {
    write(...parts: unknown[]): boolean {
      awaitsAnswer = true;
      return write.apply(socket, parts);
    },
    read(size?: number): Buffer | null {
      for (;;) {
        const chunk = read.call(socket, size);
        if (chunk === null || !awaitsAnswer) return chunk;
        if (held === undefined && isOtherAnswer(chunk)) {
          awaitsAnswer = false;
          return chunk;
        }
        let rest = held === undefined ? chunk : Buffer.concat([held, chunk]);
        held = undefined;
        while (CONTINUE.equals(rest.subarray(0, CONTINUE.byteLength)) && rest.includes(END_OF_HEAD))
          rest = rest.subarray(rest.indexOf(END_OF_HEAD) + END_OF_HEAD.length);
        const start = rest.subarray(0, CONTINUE.byteLength);
        if (!CONTINUE.subarray(0, start.byteLength).equals(start) || rest.byteLength > MAX_HEAD_BYTES) {
          awaitsAnswer = false;
          return rest;
        }
        held = rest;
      }
    },
  });
}

/** Whether an answer begins that is no interim one, by the first digit of its status: so nearly all are told without a copy. */
function isOtherAnswer(chunk: Buffer): boolean {
  return chunk.byteLength > FIRST_DIGIT && chunk[FIRST_DIGIT] !== CONTINUE[FIRST_DIGIT];
}

/** A pool of direct connections. */
function createDispatcher(keepAlive: boolean, connect: buildConnector.connector): Dispatcher {
  return new Agent({ ...toPoolOptions(keepAlive), connect });
}

/** A pool that goes through the http proxy, whose code is loaded only where there is one. */
async function createProxyDispatcher(
  { tls, timeoutMs }: DispatcherOptions,
  proxy: ProxySettings,
  keepAlive: boolean,
  connect: buildConnector.connector,
): Promise<Dispatcher> {
  const { ProxyDispatcher } = await import('./proxy.ts');
  return new ProxyDispatcher({
    proxy,
    verify: tls.verify,
    timeoutMs,
    pool: toPoolOptions(keepAlive),
    connect,
    createConnector,
  });
}

function toPoolOptions(keepAlive: boolean): Agent.Options {
  return {
    connections: MAX_CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    allowH2: false,
    // undici's word for a connection per request is a pipeline of no length: https://undici.nodejs.org/#/docs/api/Client
    pipelining: keepAlive ? 1 : 0,
  };
}

function toTlsOptions({ tls, timeoutMs }: DispatcherOptions): buildConnector.BuildOptions {
  return {
    timeout: timeoutMs,
    rejectUnauthorized: tls.verify,
    // Whoever names an intermediate authority, or the server's own certificate, trusts that one: no root is asked for above it.
    ...(tls.ca === undefined ? {} : { ca: tls.ca, allowPartialTrustChain: true }),
    ...(tls.clientCert === undefined ? {} : { cert: tls.clientCert.expose() }),
    ...(tls.clientKey === undefined ? {} : { key: tls.clientKey.expose() }),
  };
}

/** The connections of a client. */
export interface Dispatchers {
  /**
   * The keep-alive pool. A new one where the last request is so long ago that no socket should be left: in a container that was
   * frozen meanwhile, the sockets are dead and no timer has closed them.
   * @param nowMs wall clock
   * @returns a promise only where its code has to be loaded first, as that of a proxy
   */
  keptAlive(nowMs: number): Dispatcher | Promise<Dispatcher>;
  /** A connection of its own for each request. Made when first asked for. */
  fresh(): Dispatcher | Promise<Dispatcher>;
  /** From now on connects by other TLS settings. Requests that are under way end as they are. */
  useTls(tls: TlsSettings): void;
  /** Ends the connections, after the requests that are under way. */
  close(): Promise<void>;
}

export function createDispatchers(given: DispatcherOptions): Dispatchers {
  let options = given;
  // One connector for all pools, since it remembers the TLS sessions: a new pool then costs half a handshake.
  let connector = createConnector(toTlsOptions(options));
  const { proxy } = options;
  const create = (keepAlive: boolean): Dispatcher | Promise<Dispatcher> =>
    proxy === undefined
      ? createDispatcher(keepAlive, connector)
      : createProxyDispatcher(options, proxy, keepAlive, connector);
  let retired: Promise<unknown> = Promise.resolve();
  let kept: Dispatcher | Promise<Dispatcher> | undefined;
  let fresh: Dispatcher | Promise<Dispatcher> | undefined;
  let usedAtMs = 0;

  function retire(old: Dispatcher | Promise<Dispatcher>): void {
    // Whatever an old socket has to say when it is closed concerns nobody any more.
    const closed = Promise.resolve(old)
      .then((dispatcher) => dispatcher.close())
      .catch(() => undefined);
    retired = Promise.all([retired, closed]).then(() => undefined);
  }

  /** A pool is closed once, however often that is asked for; a call that comes after opens another. */
  function retireAll(): void {
    for (const old of [kept, fresh]) if (old !== undefined) retire(old);
    kept = undefined;
    fresh = undefined;
  }

  return {
    keptAlive(nowMs) {
      const idleMs = nowMs - usedAtMs;
      usedAtMs = nowMs;
      if (kept !== undefined && (idleMs < 0 || idleMs > KEEP_ALIVE_MS)) {
        retire(kept);
        kept = undefined;
      }
      kept ??= create(true);
      return kept;
    },
    fresh() {
      fresh ??= create(false);
      return fresh;
    },
    useTls(tls) {
      options = { ...options, tls };
      connector = createConnector(toTlsOptions(options));
      retireAll();
    },
    async close() {
      retireAll();
      await retired;
    },
  };
}

/** One dispatcher for all, which stays its owner's to close: a mock in tests. */
export function sharedDispatcher(dispatcher: Dispatcher): Dispatchers {
  return {
    keptAlive: () => dispatcher,
    fresh: () => dispatcher,
    useTls: () => undefined,
    close: async () => undefined,
  };
}

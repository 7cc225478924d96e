import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { Secret } from '../secret.ts';

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

export interface ProxySettings {
  /** URL of the proxy for http; also for https where that has none of its own. May hold a password. */
  readonly http: Secret | undefined;
  /** URL of the proxy for https. */
  readonly https: Secret | undefined;
  /** Hosts that are reached directly, as `NO_PROXY` lists them. */
  readonly except: string;
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
  /** False: each request gets a connection of its own. Default true. */
  readonly keepAlive?: boolean;
}

/**
 * Opens connections by the TLS settings. HTTP/1.1 only: one broken HTTP/2 session of a server in front would fail all requests
 * at once.
 */
export function createConnector(options: DispatcherOptions): buildConnector.connector {
  return buildConnector({ timeout: options.timeoutMs, allowH2: false, ...toTlsOptions(options.tls) });
}

/** A pool of direct connections. */
export function createDispatcher(options: DispatcherOptions, connect: buildConnector.connector): Dispatcher {
  return new Agent({ ...toPoolOptions(options), connect });
}

/**
 * A pool that goes through the http proxy, but for the hosts that are excepted. undici makes the proxied connections itself, with the
 * same TLS settings. Its proxy code is loaded only where there is a proxy.
 */
export async function createProxyDispatcher(
  options: DispatcherOptions,
  proxy: ProxySettings,
  connect: buildConnector.connector,
): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import('undici');
  return new EnvHttpProxyAgent({
    ...toPoolOptions(options),
    connect,
    httpProxy: proxy.http?.expose() ?? '',
    httpsProxy: proxy.https?.expose() ?? '',
    noProxy: proxy.except,
    requestTls: { timeout: options.timeoutMs, ...toTlsOptions(options.tls) },
  });
}

function toPoolOptions({ keepAlive = true }: DispatcherOptions): Agent.Options {
  return {
    connections: MAX_CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    allowH2: false,
    // undici's word for a connection per request is a pipeline of no length: https://undici.nodejs.org/#/docs/api/Client
    pipelining: keepAlive ? 1 : 0,
  };
}

function toTlsOptions(tls: TlsSettings): buildConnector.BuildOptions {
  return {
    rejectUnauthorized: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
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
  let connector = createConnector(options);
  const { proxy } = options;
  const create = (keepAlive: boolean): Dispatcher | Promise<Dispatcher> => {
    const pool = { ...options, keepAlive };
    return proxy === undefined ? createDispatcher(pool, connector) : createProxyDispatcher(pool, proxy, connector);
  };
  const retired = new Set<Promise<void>>();
  let kept: Dispatcher | Promise<Dispatcher> | undefined;
  let fresh: Dispatcher | Promise<Dispatcher> | undefined;
  let usedAtMs = 0;

  function retire(old: Dispatcher | Promise<Dispatcher>): void {
    // Whatever an old socket has to say when it is closed concerns nobody any more.
    const closed = Promise.resolve(old)
      .then((dispatcher) => dispatcher.close())
      .catch(() => undefined);
    retired.add(closed);
    void closed.then(() => retired.delete(closed));
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
      connector = createConnector(options);
      for (const old of [kept, fresh]) if (old !== undefined) retire(old);
      kept = undefined;
      fresh = undefined;
    },
    async close() {
      const open = await Promise.all([kept, fresh]);
      await Promise.all([...open.map((dispatcher) => dispatcher?.close()), ...retired]);
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

import { request } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { getCACertificates } from 'node:tls';
import { Agent, type buildConnector, Dispatcher } from 'undici';
import type { Secret } from '../secret.ts';
import { HttpFault, toProxyFault } from './fault.ts';
import { bareHost, type Exceptions, parseExceptions, portOf } from './no-proxy.ts';

export interface ProxySettings {
  /** URL of the proxy for http; also for https where that has none of its own. May hold a password. */
  readonly http: Secret | undefined;
  /** URL of the proxy for https. */
  readonly https: Secret | undefined;
  /** Hosts that are reached directly, as `NO_PROXY` lists them. */
  readonly except: string;
  /** PEM of authorities that may have signed the certificate of an https proxy, beside those of Node's trust store. */
  readonly ca?: string | undefined;
}

export interface ProxyDispatcherOptions {
  readonly proxy: ProxySettings;
  /** False: any certificate of an https proxy is taken. */
  readonly verify: boolean;
  /** Limit of a connection to the proxy, and of its answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly pool: Agent.Options;
  /** Connects to the servers themselves, through a tunnel too. */
  readonly connect: buildConnector.connector;
  readonly createConnector: (tls: buildConnector.BuildOptions) => buildConnector.connector;
}

/**
 * Sends through an http proxy, but to the hosts that are excepted: https by a tunnel (RFC 9110, section 9.3.6), in which nobody but the
 * server reads; http as it is, to be passed on.
 */
export class ProxyDispatcher extends Dispatcher {
  readonly #isExcepted: Exceptions;
  readonly #proxies: Readonly<Record<string, ProxyPools | undefined>>;
  readonly #direct: Agent;

  constructor(options: ProxyDispatcherOptions) {
    super();
    const { http, https, except } = options.proxy;
    const open = (address: Secret): ProxyPools => new ProxyPools(new URL(address.expose()), options);
    this.#isExcepted = parseExceptions(except);
    this.#direct = new Agent({ ...options.pool, connect: options.connect });
    const plain = http && open(http);
    this.#proxies = { 'http:': plain, 'https:': https === undefined ? plain : open(https) };
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const target = new URL(String(options.origin));
    const proxy = this.#isExcepted(target) ? undefined : this.#proxies[target.protocol];
    return proxy === undefined ? this.#direct.dispatch(options, handler) : proxy.dispatch(target, options, handler);
  }

  override async close(): Promise<void> {
    await Promise.all([this.#direct, ...Object.values(this.#proxies)].map((pools) => pools?.close()));
  }
}

/** The connections to one proxy. */
class ProxyPools {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tunnels: Agent;
  readonly #plain: Agent;
  #closed: Promise<unknown> | undefined;

  constructor(url: URL, options: ProxyDispatcherOptions) {
    // The scheme of the proxy is its connector's affair: for https, the pool would look at the host names of the requests.
    this.#origin = `http://${url.host}`;
    this.#headers = toAuthorization(url);
    const { pool, connect, timeoutMs } = options;
    const reach = createProxyConnector(url, options);
    this.#plain = new Agent({ ...pool, connect: (_, callback) => reach(callback) });
    this.#tunnels = new Agent({
      ...pool,
      connect: (target, callback) =>
        reach((...[error, socket]) => {
          if (error !== null) return callback(error, null);
          openTunnel(socket, target, this.#headers, timeoutMs).then(
            (httpSocket) => connect({ ...target, httpSocket }, callback),
            (fault: HttpFault) => callback(fault, null),
          );
        }),
    });
  }

  dispatch(target: URL, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (target.protocol === 'https:') return this.#tunnels.dispatch(options, handler);
    const headers = { ...(options.headers as Record<string, string>), ...this.#headers, host: target.host };
    const path = target.origin + options.path;
    return this.#plain.dispatch({ ...options, origin: this.#origin, path, headers }, handler);
  }

  /** One proxy may serve http and https. */
  async close(): Promise<void> {
    this.#closed ??= Promise.all([this.#tunnels.close(), this.#plain.close()]);
    await this.#closed;
  }
}

function toAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/**
 * Connects to the proxy itself, by TLS where its address says https. The authorities of the servers behind it may be others than its
 * own, so it is trusted by both.
 */
function createProxyConnector(url: URL, { proxy, verify, timeoutMs, createConnector }: ProxyDispatcherOptions) {
  const ca = url.protocol === 'https:' ? proxy.ca : undefined;
  const connect = createConnector({
    timeout: timeoutMs,
    rejectUnauthorized: verify,
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca], allowPartialTrustChain: true }),
  });
  const { protocol, host } = url;
  const hostname = bareHost(url);
  // RFC 6066, section 3: the name that TLS asks for is never an address.
  const name = isIP(hostname) === 0 ? { host, servername: hostname } : {};
  return (callback: buildConnector.Callback): void =>
    connect({ protocol, hostname, port: String(portOf(url)), ...name }, (...[error, socket]) => {
      if (error !== null) callback(toProxyFault(error), null);
      else callback(null, socket);
    });
}

/** Asks a proxy for a connection to a server. @throws HttpFault `proxy` where it makes none */
function openTunnel(
  socket: Socket,
  { hostname, port }: buildConnector.Options,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Socket> {
  const authority = `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port || 443}`;
  return new Promise((resolve, reject) => {
    const refuse = (reason: string, cause?: unknown): void => {
      clearTimeout(timer);
      reject(new HttpFault('proxy', reason, cause));
      socket.destroy();
    };
    const timer = setTimeout(() => refuse(`no answer within ${timeoutMs} ms`), timeoutMs);
    const asked = request({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...headers },
      createConnection: () => socket,
    });
    asked.once('connect', ({ statusCode = 0 }, _, head) => {
      clearTimeout(timer);
      if (statusCode < 200 || statusCode >= 300) return refuse(`answered ${statusCode}`);
      socket.unshift(head);
      resolve(socket);
    });
    asked.on('error', (error) => refuse(toProxyFault(error).reason, error));
    asked.end();
  });
}

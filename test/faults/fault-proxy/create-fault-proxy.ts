import { Agent, type RequestListener } from 'node:http';
import { createExchange, type Exchange } from './exchange.ts';
import type { Fault } from './fault.ts';
import type { Target } from './forward-request.ts';
import { createListener, type TlsIdentity } from './listener.ts';

export interface FaultProxyOptions {
  readonly target: Target;
  /** Set from the start, for every request. */
  readonly fault?: Fault;
  /** The proxy itself speaks TLS with this certificate; behind it stays plain HTTP. Default: plain HTTP. */
  readonly tls?: TlsIdentity;
}

/** Which requests a fault is done to. What a fault does to the port or to idle connections is done once, when it is set. */
export interface FaultChoice {
  /** Gets the request line, such as `POST /secrets/default/variable/db HTTP/1.1`. Default: every request. */
  readonly match?: (requestLine: string) => boolean;
  /** How many of the matching requests. Default: all. */
  readonly times?: number;
}

export interface FaultProxy {
  /** Base URL, `http` or (with `tls`) `https`, without a slash at the end. */
  readonly url: string;
  /** Connections so far, and those that are open now. */
  readonly connections: { readonly accepted: number; readonly open: number };
  /** Requests so far, and those that a fault was done to. */
  readonly requests: { readonly seen: number; readonly faulted: number };
  /** Sets the fault, in the place of the one before; undefined: none. Requests under way stay with theirs. */
  setFault(fault: Fault | undefined, choice?: FaultChoice): Promise<void>;
  /** Closes the port and every connection. */
  close(): Promise<void>;
}

/**
 * Starts a proxy on 127.0.0.1 that stands between a client and a server (plain HTTP/1.1) and makes the path between them fail as a
 * real one does: refused and reset connections, lost and broken answers, slow ones. Without a fault it forwards what comes, byte
 * for byte but for headers of the connection itself.
 */
export async function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { target } = options;
  const agent = new Agent({ keepAlive: true });
  const requests = { seen: 0, faulted: 0 };
  let current: { fault: Fault; match: (requestLine: string) => boolean; left: number } | undefined;

  const choose = (exchange: Exchange): Fault | undefined => {
    if (current?.fault.apply === undefined || current.left === 0 || !current.match(exchange.requestLine))
      return undefined;
    current.left -= 1;
    requests.faulted += 1;
    return current.fault;
  };
  const onRequest: RequestListener = (request, response) => {
    requests.seen += 1;
    const exchange = createExchange({ target, agent, listener, request, response });
    pass(exchange, choose(exchange)).catch((error: unknown) => {
      // A server behind that is gone, and a client that left in the middle, both end the client's connection.
      if (!isConnectionError(error)) throw error;
      exchange.reset();
    });
  };
  const onPoisoned = () => {
    requests.seen += 1;
    requests.faulted += 1;
  };
  const listener = await createListener({ tls: options.tls, onRequest, onPoisoned });
  const proxy: FaultProxy = {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${listener.port}`,
    get connections() {
      return listener.connections;
    },
    requests,
    async setFault(fault, { match = () => true, times = Number.POSITIVE_INFINITY } = {}) {
      const previous = current?.fault;
      current = fault && { fault, match, left: times };
      await previous?.stop?.(listener);
      await fault?.start?.(listener);
    },
    async close() {
      await proxy.setFault(undefined);
      await listener.stopListening();
      agent.destroy();
    },
  };
  await proxy.setFault(options.fault);
  return proxy;
}

async function pass(exchange: Exchange, fault: Fault | undefined): Promise<void> {
  if (fault?.apply !== undefined) await fault.apply(exchange);
  else exchange.reply(await exchange.forward());
}

/** True for errors of the operating system and for waits that were broken off: those carry a code. */
function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

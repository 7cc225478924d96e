import type { Dispatcher } from 'undici';
import {
  createConnector,
  createDispatcher,
  createProxyDispatcher,
  type DispatcherOptions,
  KEEP_ALIVE_MS,
} from './create-dispatcher.ts';

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
  /** Ends the connections, after the requests that are under way. */
  close(): Promise<void>;
}

export function createDispatchers(options: DispatcherOptions): Dispatchers {
  // One connector for all pools, since it remembers the TLS sessions: a new pool then costs half a handshake.
  const connector = createConnector(options);
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
    async close() {
      const open = await Promise.all([kept, fresh]);
      await Promise.all([...open.map((dispatcher) => dispatcher?.close()), ...retired]);
    },
  };
}

/** One dispatcher for all, which stays its owner's to close: a mock in tests. */
export function sharedDispatcher(dispatcher: Dispatcher): Dispatchers {
  return { keptAlive: () => dispatcher, fresh: () => dispatcher, close: async () => undefined };
}

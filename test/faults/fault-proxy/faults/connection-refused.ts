import type { Fault } from '../fault.ts';

/**
 * The port is closed and open connections are reset, as while a server restarts. A request that is sent on an open connection before
 * the reset is seen fails by that; the others are refused.
 *
 * @param forMs listens again after so many milliseconds. Default: when the fault is taken away.
 */
export function createConnectionRefused({ forMs }: { readonly forMs?: number } = {}): Fault {
  let timer: NodeJS.Timeout | undefined;
  return {
    name: 'connection-refused',
    async start(listener) {
      await listener.stopListening();
      if (forMs !== undefined) timer = setTimeout(() => void listener.listen(), forMs);
    },
    async stop(listener) {
      clearTimeout(timer);
      await listener.listen();
    },
  };
}

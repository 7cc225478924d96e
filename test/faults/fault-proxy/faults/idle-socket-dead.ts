import type { Fault } from '../fault.ts';

/**
 * Connections without a request are lost when the fault is set, and the client does not learn of it: they look open until the next
 * request on one is answered by a reset, as when a firewall has forgotten a connection. Those that no request
 * was sent on are good again when the fault is taken away.
 */
export function createIdleSocketDead(): Fault {
  return {
    name: 'idle-socket-dead',
    start: (listener) => listener.poisonIdle(),
    stop: (listener) => listener.healPoisoned(),
  };
}

import type { Fault } from '../fault.ts';

/** Connections without a request are closed when the fault is set, as a server does while a client is frozen. */
export function createIdleSocketClosed(): Fault {
  return { name: 'idle-socket-closed', start: (listener) => listener.closeIdle() };
}

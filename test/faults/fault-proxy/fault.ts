import type { Exchange } from './exchange.ts';
import type { Listener } from './listener.ts';

/**
 * One way in which the path to a server goes wrong. A fault has at least one of the three parts.
 */
export interface Fault {
  readonly name: string;
  /** Done once, when the fault is set: to the port or to the connections that are open. */
  readonly start?: (listener: Listener) => void | Promise<void>;
  /** Undoes `start` when the fault is taken away. */
  readonly stop?: (listener: Listener) => void | Promise<void>;
  /** Done to each chosen request in the place of forwarding it. */
  readonly apply?: (exchange: Exchange) => void | Promise<void>;
}

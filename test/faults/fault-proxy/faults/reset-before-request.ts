import type { Fault } from '../fault.ts';

/** The connection is reset as soon as a request begins; the server behind sees nothing of it. */
export function createResetBeforeRequest(): Fault {
  return { name: 'reset-before-request', apply: (exchange) => exchange.reset() };
}

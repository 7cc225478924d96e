import type { Fault } from '../fault.ts';

/** The server behind gets half of the request; then both connections are reset. */
export function createResetInRequest(): Fault {
  return {
    name: 'reset-in-request',
    async apply(exchange) {
      await exchange.forwardHalf();
      exchange.reset();
    },
  };
}

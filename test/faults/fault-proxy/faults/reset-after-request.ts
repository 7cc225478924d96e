import type { Fault } from '../fault.ts';

/** The request takes effect and is answered, but the client gets a reset in the place of the answer. */
export function createResetAfterRequest(): Fault {
  return {
    name: 'reset-after-request',
    async apply(exchange) {
      await exchange.forward();
      exchange.reset();
    },
  };
}

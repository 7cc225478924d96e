import type { Fault } from '../fault.ts';

/**
 * The request takes effect at once; the answer begins late.
 *
 * @param delayMs milliseconds until the first byte.
 */
export function createSlowFirstByte({ delayMs }: { readonly delayMs: number }): Fault {
  return {
    name: 'slow-first-byte',
    async apply(exchange) {
      const answer = await exchange.forward();
      await exchange.wait(delayMs);
      exchange.reply(answer);
    },
  };
}

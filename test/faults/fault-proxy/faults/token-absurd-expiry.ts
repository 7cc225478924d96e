import { changeTokenClaims } from '../change-token.ts';
import type { Fault } from '../fault.ts';

/**
 * The access token that an authentication answers has an `exp` that cannot be meant.
 *
 * @param exp the claim, any JSON. Default 9,999,999,999,999: milliseconds where seconds are due.
 */
export function createTokenAbsurdExpiry({ exp = 9_999_999_999_999 }: { readonly exp?: unknown } = {}): Fault {
  return {
    name: 'token-absurd-expiry',
    async apply(exchange) {
      exchange.reply(changeTokenClaims(await exchange.forward(), () => ({ exp })));
    },
  };
}

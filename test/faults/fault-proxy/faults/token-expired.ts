import { changeTokenClaims } from '../change-token.ts';
import type { Fault } from '../fault.ts';

/**
 * The access token that an authentication answers has expired already: both its times are moved back. Its signature is then wrong,
 * as that of a token from a server with a wrong clock would not be; a client that sends it gets a 401 either way.
 *
 * @param bySeconds how far its times are moved back. Default 86,400.
 */
export function createTokenExpired({ bySeconds = 86_400 }: { readonly bySeconds?: number } = {}): Fault {
  return {
    name: 'token-expired',
    async apply(exchange) {
      const move = ({ iat, exp }: { iat: number; exp: number }) => ({ iat: iat - bySeconds, exp: exp - bySeconds });
      exchange.reply(changeTokenClaims(await exchange.forward(), move));
    },
  };
}

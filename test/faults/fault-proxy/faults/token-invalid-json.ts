import { changeTokenText } from '../change-token.ts';
import type { Fault } from '../fault.ts';

/** The access token that an authentication answers is cut off: not JSON. Other answers come as they are. */
export function createTokenInvalidJson(): Fault {
  return {
    name: 'token-invalid-json',
    async apply(exchange) {
      exchange.reply(changeTokenText(await exchange.forward(), (text) => text.slice(0, -2)));
    },
  };
}

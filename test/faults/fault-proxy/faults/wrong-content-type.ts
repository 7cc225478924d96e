import { changeAnswer } from '../answer.ts';
import type { Fault } from '../fault.ts';

/**
 * The answer is right but says that it is something else.
 *
 * @param contentType Default `text/html`.
 */
export function createWrongContentType({ contentType = 'text/html' }: { readonly contentType?: string } = {}): Fault {
  return {
    name: 'wrong-content-type',
    async apply(exchange) {
      exchange.reply(changeAnswer(await exchange.forward(), { headers: { 'content-type': contentType } }));
    },
  };
}

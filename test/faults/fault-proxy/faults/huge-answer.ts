import { createAnswer } from '../answer.ts';
import type { Fault } from '../fault.ts';

const TEN_MEGABYTES = 10 * 1024 * 1024;

/**
 * The request takes effect; the answer is 200 with a body far longer than any that Conjur sends.
 *
 * @param bytes length of the body. Default 10 MiB.
 */
export function createHugeAnswer({ bytes = TEN_MEGABYTES }: { readonly bytes?: number } = {}): Fault {
  return {
    name: 'huge-answer',
    async apply(exchange) {
      await exchange.forward();
      exchange.reply(createAnswer(200, { 'content-type': 'application/octet-stream' }, Buffer.alloc(bytes, 'x')));
    },
  };
}

import type { Fault } from '../fault.ts';

/**
 * The head of the answer comes at once, its body byte by byte.
 *
 * @param intervalMs milliseconds between two bytes. Default 1000.
 */
export function createTricklingAnswer({ intervalMs = 1000 }: { readonly intervalMs?: number } = {}): Fault {
  return {
    name: 'trickling-answer',
    async apply(exchange) {
      const answer = await exchange.forward();
      if (answer.body.length < 2) return exchange.reply(answer);
      await exchange.replyPart(answer, 1);
      for (let sent = 1; sent < answer.body.length; sent++) {
        await exchange.wait(intervalMs);
        await exchange.write(answer.body.subarray(sent, sent + 1));
      }
      exchange.end();
    },
  };
}

import type { Fault } from '../fault.ts';

/** The request takes effect; of the answer comes half of the body (half of the head where the body is shorter than 2 bytes), then the end. */
export function createAnswerTruncated(): Fault {
  return {
    name: 'answer-truncated',
    async apply(exchange) {
      const answer = await exchange.forward();
      await exchange.replyPart(answer, Math.floor(answer.body.length / 2));
      exchange.cut();
    },
  };
}

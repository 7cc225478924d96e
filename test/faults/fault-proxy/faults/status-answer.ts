import { createAnswer } from '../answer.ts';
import type { Fault } from '../fault.ts';

export interface StatusAnswerOptions {
  /** HTTP status, such as 503. */
  readonly status: number;
  /** Value of `Retry-After`: seconds, or a date as text. Default: no such header. */
  readonly retryAfter?: number | string;
  /** True: the request takes effect first, as when a gateway gives up too early. Default false. */
  readonly afterEffect?: boolean;
}

/** A gateway answers in the place of the server. */
export function createStatusAnswer({ status, retryAfter, afterEffect = false }: StatusAnswerOptions): Fault {
  const name = `status-${status}${retryAfter === undefined ? '' : '-retry-after'}${afterEffect ? '-after-effect' : ''}`;
  const headers = {
    'content-type': 'text/html',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  };
  return {
    name,
    async apply(exchange) {
      if (afterEffect) await exchange.forward();
      exchange.reply(createAnswer(status, headers, `<html><body><h1>${status}</h1></body></html>`));
    },
  };
}

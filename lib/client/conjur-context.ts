import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import type { Logger } from '../logger.ts';
import type { ConjurRequest, ConjurResponse } from '../transport/conjur-request.ts';
import type { Transport } from '../transport/create-transport.ts';

/** What the operations of the client share. */
export interface ConjurContext {
  readonly account: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sends with a session token; a 401 costs one new authentication and one repetition. */
  readonly send: (request: ConjurRequest, deadline: Deadline) => Promise<ConjurResponse>;
  /** Sends without a token. */
  readonly sendPlain: Transport;
}

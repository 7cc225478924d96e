import { type ReplyError, unauthorized } from '../http/reply-error.ts';

/** Where the reason of a refused login is told. A client never learns it: it gets a 401 without a body. */
export type Log = (line: string) => void;

/** A 401, with its reason in the log as a genuine Conjur has it. The reason must not hold a credential. */
export function refuseLogin(log: Log, authenticator: string, reason: string): ReplyError {
  log(`${authenticator}: login refused: ${reason}`);
  return unauthorized();
}

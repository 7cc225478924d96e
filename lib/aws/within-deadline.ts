import { type Deadline, deadlineExceeded } from '../deadline.ts';
import { toAwsCause } from './to-aws-cause.ts';

/** What the SDK's `send` takes beside the command. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
}

/**
 * Sends a command of AWS's SDK, which knows no deadline but takes a signal that ends the call, its retries included.
 * @param doing `reading the secret … from Secrets Manager`, for the message; holds no value
 * @throws ConjurError `deadline_exceeded`; everything else as the SDK threw it
 */
export async function withinDeadline<T>(
  deadline: Deadline,
  doing: string,
  send: (options: SendOptions) => Promise<T>,
): Promise<T> {
  const abortSignal = AbortSignal.timeout(Math.max(1, deadline.remainingMs()));
  try {
    return await send({ abortSignal });
  } catch (error) {
    // The signal is asked first: it may come a millisecond before its time by the wall clock.
    if (abortSignal.aborted || deadline.remainingMs() <= 0) throw deadlineExceeded(doing, toAwsCause(error));
    throw error;
  }
}

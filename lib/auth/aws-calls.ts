import { type Deadline, deadlineExceeded } from '../deadline.ts';
import { ConjurError } from '../errors.ts';

/** The name of an exception of AWS's, such as `ResourceNotFoundException`; `unknown` for what is no error. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/**
 * What may be kept of an error of AWS's SDK as a cause: its name and where it happened. The error itself holds the response, its
 * message may quote it, and a response may hold a secret.
 */
export function toAwsCause(error: unknown): Error {
  const cause = new Error('an error of the AWS SDK; its message is left out');
  if (!(error instanceof Error)) return cause;
  const place = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  Object.defineProperty(cause, 'name', { value: error.name, configurable: true });
  cause.stack = [`${error.name}: ${cause.message}`, ...place].join('\n');
  return cause;
}

/**
 * What to say where AWS's SDK gave up because it was told no region: `config_invalid`. Undefined for any other error. It has no name for
 * that error but `Error`.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-region.html
 * @param action `describing the secret …`; holds no value
 */
export function toRegionMissing(error: unknown, action: string): ConjurError | undefined {
  if (!(error instanceof Error) || error.message !== 'Region is missing') return undefined;
  const advice = 'AWS_REGION is missing. Set it to the region of the secret.';
  return new ConjurError('config_invalid', `While ${action}: ${advice}`);
}

/** What the SDK's `send` takes beside the command. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
}

/**
 * Sends a command of AWS's SDK, which knows no deadline but takes a signal that ends the call, its retries included.
 * @param action `reading the secret … from Secrets Manager`, for the message; holds no value
 * @throws ConjurError `deadline_exceeded`; everything else as the SDK threw it
 */
export async function withinDeadline<T>(
  deadline: Deadline,
  action: string,
  send: (options: SendOptions) => Promise<T>,
): Promise<T> {
  const abortSignal = AbortSignal.timeout(Math.max(1, deadline.remainingMs()));
  try {
    return await send({ abortSignal });
  } catch (error) {
    // The signal is asked first: it may come a millisecond before its time by the wall clock.
    if (abortSignal.aborted || deadline.remainingMs() <= 0) throw deadlineExceeded(action, toAwsCause(error));
    throw error;
  }
}

import type { Clock } from './clock.ts';
import { DEFAULT_DEADLINE_MS, Deadline } from './deadline.ts';
import { ConjurError } from './errors.ts';

/** What every call takes. */
export interface CallOptions {
  /**
   * Ends the call, which then rejects with `deadline_exceeded` and the signal's reason as its cause. What was sent already may have
   * happened all the same.
   */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call, retries included. Default 30,000; 1 to 900,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Takes the place of `timeoutMs`.
   * @internal
   */
  readonly deadline?: Deadline | undefined;
}

/** Runs an operation within the limits of its call. */
export type RunCall = <T>(options: CallOptions | undefined, work: (deadline: Deadline) => Promise<T>) => Promise<T>;

const MAX_TIMEOUT_MS = 900_000;

export function createRunCall(clock: Clock): RunCall {
  return (options, work) => {
    // On the way of a warm read every promise costs a turn.
    if (options?.deadline !== undefined && options.signal === undefined) return work(options.deadline);
    return runLimited(clock, options ?? {}, work);
  };
}

async function runLimited<T>(
  clock: Clock,
  { signal, timeoutMs = DEFAULT_DEADLINE_MS, deadline: given }: CallOptions,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS)
    throw new TypeError(`timeoutMs must be a whole number from 1 to ${MAX_TIMEOUT_MS}`);
  const deadline = new Deadline(clock, given?.remainingMs() ?? timeoutMs, signal);
  if (signal === undefined) return work(deadline);
  if (signal.aborted) throw aborted(signal);
  let abort: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    abort = () => reject(aborted(signal));
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([work(deadline), ended]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}

function aborted(signal: AbortSignal): ConjurError {
  return new ConjurError(
    'deadline_exceeded',
    'The call was ended by its signal. What was sent to Conjur before may have happened all the same.',
    { cause: signal.reason },
  );
}

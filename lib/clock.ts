import { setTimeout as delay } from 'node:timers/promises';
import { ConjurError } from './errors.ts';

/** Time as the library sees it. Passed in, so that a test can hold it still. */
export interface Clock {
  /**
   * Wall-clock milliseconds since the epoch. Wall clock on purpose: a container may be frozen between calls, and a monotonic
   * clock may stand still meanwhile.
   */
  now(): number;
  /** Resolves after `ms` milliseconds; sooner where `signal` aborts, if the clock can. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` after `ms` milliseconds, unless what it gives back is called before. Default: the process's own timers. */
  startTimer?(run: () => void, ms: number): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    delay(ms, undefined, { signal }).catch((error: unknown) => {
      if (signal?.aborted !== true) throw error;
    }),
};

/** The process's own time, for one client or container: with timers that cost little where they are stopped soon. */
export function createSystemClock(): Clock {
  const timers = new LimitTimers();
  return { ...systemClock, startTimer: (run, ms) => timers.start(run, ms) };
}

/** {@link Clock.startTimer}, or its default. */
export function startTimer(clock: Pick<Clock, 'startTimer'> | undefined, run: () => void, ms: number): () => void {
  if (clock?.startTimer !== undefined) return clock.startTimer(run, ms);
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** For how long a timer is only noted down, in milliseconds. */
const NOTED_MS = 100;

interface Limit {
  readonly run: () => void;
  /** By the monotonic clock, as Node's timers go. */
  readonly dueMs: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Timers of limits, nearly all of which are stopped long before their time. Node keeps a list for each length of a timer, and making and
 * dropping one for every call is a good part of what a warm read costs beside the network. So a timer is noted down first, and one of
 * Node's goes through the notes: what is still there gets a timer of its own.
 */
class LimitTimers {
  readonly #noted = new Set<Limit>();
  #look: NodeJS.Timeout | undefined;

  start(run: () => void, ms: number): () => void {
    if (ms <= NOTED_MS) return startTimer(undefined, run, ms);
    const limit: Limit = { run, dueMs: performance.now() + ms, timer: undefined };
    if (this.#look === undefined) this.#look = setTimeout(() => this.#goThrough(), NOTED_MS);
    else if (this.#noted.size === 0) this.#look.ref();
    this.#noted.add(limit);
    return () => this.#stop(limit);
  }

  #stop(limit: Limit): void {
    if (!this.#noted.delete(limit)) clearTimeout(limit.timer);
    // What looks for nothing must not keep the process alive.
    else if (this.#noted.size === 0) this.#look?.unref();
  }

  #goThrough(): void {
    this.#look = undefined;
    const nowMs = performance.now();
    for (const limit of this.#noted) limit.timer = setTimeout(limit.run, limit.dueMs - nowMs);
    this.#noted.clear();
  }
}

/** How long a call of the library may take when the caller names no deadline, in milliseconds. */
export const DEFAULT_DEADLINE_MS = 30_000;

/** Node's timers take no longer time, and fire at once for one that is. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A moment by the wall clock until which an answer must be there. */
export class Deadline {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly expiresAtMs: number;
  /** Its caller's way to end the call early. */
  readonly signal: AbortSignal | undefined;

  /**
   * @param remainingMs milliseconds from now; any number, `Infinity` too
   * @param signal ends it early
   */
  constructor(clock: Clock, remainingMs: number, signal?: AbortSignal) {
    if (Number.isNaN(remainingMs)) throw new TypeError('A deadline needs a number of milliseconds.');
    this.#clock = clock;
    this.#longestMs = Math.max(0, remainingMs);
    this.expiresAtMs = clock.now() + remainingMs;
    this.signal = signal;
  }

  /** The same moment for work that others wait for too: one caller's signal does not end it. */
  withoutSignal(): Deadline {
    return this.signal === undefined
      ? this
      : new Deadline(this.#clock, Math.min(this.#longestMs, this.expiresAtMs - this.#clock.now()));
  }

  /** Milliseconds left, never negative, and never more than there were: a wall clock that goes backwards makes no call longer. */
  remainingMs(): number {
    if (this.signal?.aborted === true) return 0;
    return Math.min(this.#longestMs, Math.max(0, this.expiresAtMs - this.#clock.now()));
  }

  /** The same for a timer: a whole number of milliseconds from 1 up to what Node's timers take. */
  timerMs(): number {
    return Math.max(1, Math.min(Math.ceil(this.remainingMs()), MAX_TIMER_MS));
  }

  /**
   * Waits for `work`, but not past the deadline. The work itself goes on: pass only what has a limit of its own.
   * @param action what is being done, for the message; or the error itself
   * @throws ConjurError `deadline_exceeded`, or that error
   */
  race<T>(work: Promise<T>, action: string | (() => Error)): Promise<T> {
    return new Promise((resolve, reject) => {
      const expire = (): void => {
        stopTimer();
        reject(typeof action === 'string' ? deadlineExceeded(action) : action());
      };
      const stopTimer = startTimer(this.#clock, expire, this.timerMs());
      work.then(resolve, reject);
      work.then(stopTimer, stopTimer);
    });
  }
}

export function deadlineExceeded(action: string, cause?: unknown): ConjurError {
  return new ConjurError(
    'deadline_exceeded',
    `The time for this call ran out while ${action}. Try again, or give the call more time.`,
    { cause },
  );
}

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
  assertTimeout(timeoutMs);
  const deadline = new Deadline(clock, given?.remainingMs() ?? timeoutMs, signal);
  if (signal === undefined) return work(deadline);
  if (signal.aborted) throw aborted(signal);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(aborted(signal));
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work(deadline), ended]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** @throws TypeError */
export function assertTimeout(timeoutMs: number): void {
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS)
    throw new TypeError(`timeoutMs must be a whole number from 1 to ${MAX_TIMEOUT_MS}`);
}

function aborted(signal: AbortSignal): ConjurError {
  return new ConjurError(
    'deadline_exceeded',
    'The call was ended by its signal. What was sent to Conjur before may have happened all the same.',
    { cause: signal.reason },
  );
}

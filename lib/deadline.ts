import type { Clock } from './clock.ts';
import { ConjurError } from './errors.ts';

/** How long a call of the library may take when the caller names no deadline, in milliseconds. */
export const DEFAULT_DEADLINE_MS = 30_000;

/** Node's timers take no longer time, and fire at once for one that is. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A moment by the wall clock until which an answer must be there. */
export class Deadline {
  readonly #clock: Clock;
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
    this.expiresAtMs = clock.now() + remainingMs;
    this.signal = signal;
  }

  /** The same moment for work that others wait for too: one caller's signal does not end it. */
  withoutSignal(): Deadline {
    return this.signal === undefined ? this : new Deadline(this.#clock, this.expiresAtMs - this.#clock.now());
  }

  /** Milliseconds left, never negative. */
  remainingMs(): number {
    if (this.signal?.aborted === true) return 0;
    return Math.max(0, this.expiresAtMs - this.#clock.now());
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
  async race<T>(work: Promise<T>, action: string | (() => Error)): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_, reject) => {
      const expire = (): void => reject(typeof action === 'string' ? deadlineExceeded(action) : action());
      timer = setTimeout(expire, this.timerMs());
    });
    try {
      return await Promise.race([work, expired]);
    } finally {
      clearTimeout(timer);
    }
  }
}

export function deadlineExceeded(action: string, cause?: unknown): ConjurError {
  return new ConjurError(
    'deadline_exceeded',
    `The time for this call ran out while ${action}. Try again, or give the call more time.`,
    { cause },
  );
}

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

  constructor(clock: Clock, remainingMs: number) {
    this.#clock = clock;
    this.expiresAtMs = clock.now() + remainingMs;
  }

  /** Milliseconds left, never negative. */
  remainingMs(): number {
    return Math.max(0, this.expiresAtMs - this.#clock.now());
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
      timer = setTimeout(expire, Math.min(this.remainingMs(), MAX_TIMER_MS));
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

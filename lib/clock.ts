import { setTimeout as delay } from 'node:timers/promises';

/** Time as the library sees it. Passed in, so that a test can hold it still. */
export interface Clock {
  /**
   * Wall-clock milliseconds since the epoch. Wall clock on purpose: a container may be frozen between calls, and a monotonic
   * clock may stand still meanwhile.
   */
  now(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => delay(ms),
};

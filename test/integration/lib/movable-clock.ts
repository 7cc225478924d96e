import { type Clock, systemClock } from '../../../lib/clock.ts';

/** The system's clock, which can be put forward: as a container sees time that was frozen meanwhile. */
export class MovableClock implements Clock {
  #aheadMs = 0;
  /** How much of it was slept away. */
  skippedMs = 0;

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  /** Ends at once, with the clock put forward: no test waits for a pause between attempts. */
  async sleep(ms: number): Promise<void> {
    this.#aheadMs += ms;
    this.skippedMs += ms;
  }

  move(ms: number): void {
    this.#aheadMs += ms;
  }
}

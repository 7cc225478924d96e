import type { Clock } from '../../../lib/clock.ts';

/** A clock that stands still until it is moved. A sleep ends at once and moves it by the time slept, so that no test waits. */
export class FakeClock implements Clock {
  readonly sleeps: number[] = [];
  #nowMs: number;

  constructor(nowMs = Date.parse('2026-03-01T12:00:00Z')) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  async sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.#nowMs += ms;
  }

  /** Moves the clock, back too. */
  move(ms: number): void {
    this.#nowMs += ms;
  }
}

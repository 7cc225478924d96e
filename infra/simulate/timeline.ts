import type { Clock } from '../../lib/clock.ts';

interface Event {
  readonly atMs: number;
  /** Events of the same moment happen in the order in which they were planned. */
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Time that goes from event to event: an hour passes in as long as its work takes. It is the clock that the product's own code gets; after
 * each event all promises that it has settled are run to their end, before the next one happens.
 */
export class Timeline implements Clock {
  readonly #heap: Event[] = [];
  #nowMs: number;
  #planned = 0;

  /** @param startMs wall clock at the beginning, in milliseconds since the epoch */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.plan(resolve, ms);
    });
  }

  startTimer(run: () => void, ms: number): () => void {
    const event = this.plan(run, ms);
    return () => {
      event.run = undefined;
    };
  }

  /** Has `run` called `ms` milliseconds from now. */
  plan(run: () => void, ms: number): { run: (() => void) | undefined } {
    const event: Event = { atMs: this.#nowMs + Math.max(0, ms), order: this.#planned, run };
    this.#planned += 1;
    this.#push(event);
    return event;
  }

  /** Lets all happen that is planned up to a moment, also what is planned meanwhile. */
  async runUntil(endMs: number): Promise<void> {
    await settle();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= endMs; next = this.#heap[0]) {
      this.#pop();
      // A timer that was stopped.
      if (next.run === undefined) continue;
      this.#nowMs = next.atMs;
      next.run();
      await settle();
    }
    this.#nowMs = endMs;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Event;
      if (isBefore(parent, event)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Event, heap[below] as Event)) below += 1;
      const child = heap[below] as Event;
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

/** All promises are run to their end before Node comes to what was set for immediately. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Uniform in [0, 1), the same row of numbers for the same seed. Mulberry32: a simulation draws millions of them.
 * https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Lets several processes run, one call out of a process at a time, in an order that follows from a seed alone: the same seed gives the
 * same interleaving again.
 */
export class Scheduler {
  readonly #next: (bound: number) => number;
  readonly #waiting: { readonly process: number; readonly go: () => void }[] = [];
  readonly #running = new Set<number>();

  constructor(seed: number) {
    this.#next = createSequence(seed);
  }

  /** What a process waits for before each of its calls. */
  turnOf(process: number): () => Promise<void> {
    return () =>
      new Promise((resolve) => {
        this.#running.delete(process);
        this.#waiting.push({ process, go: resolve });
      });
  }

  /** Runs the processes to their ends, and gives what each came to. */
  async run<T>(processes: readonly (() => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
    const outcomes = processes.map((work, process) => {
      this.#running.add(process);
      return work().finally(() => this.#running.delete(process));
    });
    const done = Promise.allSettled(outcomes);
    let over = false;
    void done.then(() => {
      over = true;
    });
    while (!over) {
      // Everybody has to be at a call, or at the end, before somebody may go on: only then does the choice depend on the seed alone.
      if (this.#running.size > 0 || this.#waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
      else this.#letOneGo();
    }
    return done;
  }

  #letOneGo(): void {
    this.#waiting.sort((a, b) => a.process - b.process);
    const [chosen] = this.#waiting.splice(this.#next(this.#waiting.length), 1);
    if (chosen === undefined) return;
    this.#running.add(chosen.process);
    chosen.go();
  }
}

/** Numbers below a bound that look random and follow from the seed (a linear congruential generator, as in Numerical Recipes). */
export function createSequence(seed: number): (bound: number) => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

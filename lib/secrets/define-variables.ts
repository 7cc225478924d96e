import type { Deadline } from '../deadline.ts';
import { isConjurError } from '../errors.ts';
import type { VariableDefinition } from './variable-policy.ts';
import { toBranchRelativeId } from './variable-policy.ts';

export interface VariableDefinerOptions {
  readonly branch: string;
  /** Loads one policy document that defines all of these. */
  readonly load: (variables: readonly VariableDefinition[], deadline: Deadline) => Promise<void>;
  readonly sleep: (ms: number) => Promise<void>;
}

interface Waiting {
  readonly variable: VariableDefinition;
  readonly deadline: Deadline;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How long a load waits, at most, for the writes under way to say whether they need it too. It takes about as long itself. */
const GATHER_MS = 250;

/** Variables per document: far below any limit on a request's size. */
const MAX_PER_LOAD = 500;

/**
 * Defines variables with as few policy loads as possible. A load takes Conjur's lock and several times as long as a write, so what is
 * asked for while one is under way waits and goes into the next one, all together; and one is not begun while writes that set out
 * with the first may still find their variable missing.
 */
export class VariableDefiner {
  readonly #options: VariableDefinerOptions;
  readonly #undecided = new Set<Promise<unknown>>();
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(options: VariableDefinerOptions) {
    this.#options = options;
  }

  /** Tells of a write whose answer may be that its variable is missing. */
  async trackWrite<T>(write: Promise<T>): Promise<T> {
    this.#undecided.add(write);
    try {
      return await write;
    } finally {
      this.#undecided.delete(write);
    }
  }

  /** @throws ConjurError `invalid_request` for a name outside the branch, and whatever the load throws */
  async define(variable: VariableDefinition, deadline: Deadline): Promise<void> {
    toBranchRelativeId(variable.name, this.#options.branch);
    const defined = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ variable, deadline, resolve, reject });
    });
    this.#running ??= this.#run();
    await deadline.race(defined, `defining the variable "${variable.name}"`);
  }

  /** Resolves when no load is under way: one whose callers gave up goes on until its own deadline. Undefined where none is. */
  idle(): Promise<void> | undefined {
    return this.#running;
  }

  /** Never rejects: each failure goes to those who wait for it. */
  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#load(this.#waiting.splice(0, MAX_PER_LOAD));
    }
    this.#running = undefined;
  }

  /** One turn of the event loop lets those that are refused together define together. */
  async #gather(): Promise<void> {
    const decided = Promise.allSettled(this.#undecided).then(() => new Promise((resolve) => setImmediate(resolve)));
    await (this.#undecided.size === 0 ? decided : Promise.race([decided, this.#options.sleep(GATHER_MS)]));
  }

  async #load(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#options.load(distinct(batch), latestDeadline(batch));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length > 1 && isConjurError(error, 'unprocessable')) return this.#loadHalves(batch);
      for (const { reject } of batch) reject(error);
    }
  }

  /** A document is taken or refused as a whole: one bad definition must not refuse the others. */
  async #loadHalves(batch: readonly Waiting[]): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await this.#load(batch.slice(0, middle));
    await this.#load(batch.slice(middle));
  }
}

function distinct(batch: readonly Waiting[]): VariableDefinition[] {
  return [...new Map(batch.map(({ variable }) => [variable.name, variable])).values()];
}

function latestDeadline(batch: readonly Waiting[]): Deadline {
  return batch
    .map(({ deadline }) => deadline)
    .reduce((a, b) => (b.expiresAtMs > a.expiresAtMs ? b : a))
    .withoutSignal();
}

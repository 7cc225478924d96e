import type { ConjurContext } from '../answers.ts';
import { secretNotFound } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { type Batch, type ConjurError, isAboutOneName, isConjurError, type NamedError } from '../errors.ts';
import { faultOfName } from '../names.ts';
import { askForBatch, type BatchAnswer, toBatches } from './batch-request.ts';
import { readSecret, type SecretValue } from './read-secret.ts';
import { type Job, runJobs } from './run-jobs.ts';

/** Requests under way at once: enough to hide latency, too few to starve other clients of Conjur. */
const CONCURRENCY = 4;
/** Missing names that are taken out of one batch, one by one, before it is split for the workers to share. */
const MAX_DROPS = 8;
/** Batches that are refused without a reason before the call fails, where not one value has come yet. */
const MAX_REFUSALS = 20;

/**
 * Reads many values with few requests. Conjur answers a batch wholly or not at all. A missing variable it names: that one is taken
 * out and the rest is asked for again. Otherwise the batch is split until the bad names stand alone; those are read singly, which
 * gives each its own error.
 *
 * What concerns no name (no connection, a refused login, the deadline) fails the call as a whole.
 */
export async function readSecrets(
  context: ConjurContext,
  names: readonly string[],
  deadline: Deadline,
): Promise<Batch<SecretValue>> {
  if (!Array.isArray(names)) throw new TypeError('What is to be read must be a list of names.');
  if (context.edition === 'saas') return (await import('../saas/read-values.ts')).readValues(context, names, deadline);
  const reading = new BatchReading(context, deadline);
  const legal = [...new Set(names)].filter((name) => reading.isLegal(name));
  const { batches, singles } = toBatches(context.account, legal);
  await runJobs(
    [...batches.map((batch) => reading.batch(batch)), ...singles.map((name) => reading.single(name))],
    CONCURRENCY,
  );
  return reading.toResult(names);
}

class BatchReading {
  readonly #context: ConjurContext;
  readonly #deadline: Deadline;
  readonly #outcomes = new Map<string, SecretValue | ConjurError>();
  #refusals = 0;

  constructor(context: ConjurContext, deadline: Deadline) {
    this.#context = context;
    this.#deadline = deadline;
  }

  isLegal(name: string): boolean {
    const fault = faultOfName(name);
    if (fault !== undefined) this.#outcomes.set(name, fault);
    return fault === undefined;
  }

  single(name: string): Job {
    return () => this.#readSingly(name);
  }

  /** @param searched whether one of the names' batch was found to be forbidden already, so that more of them are likely to be */
  batch(names: readonly string[], searched = false): Job {
    return (add) => this.#read(names, searched, add);
  }

  toResult(names: readonly string[]): Batch<SecretValue> {
    const items: SecretValue[] = [];
    const errors: NamedError[] = [];
    for (const name of new Set(names)) {
      const outcome = this.#outcomes.get(name);
      if (isConjurError(outcome)) errors.push({ name, error: outcome });
      else items.push(outcome as SecretValue);
    }
    return { items, errors };
  }

  /** Asks for all of them together, without those that turn out to be missing. */
  async #read(names: readonly string[], searched: boolean, add: (job: Job) => void): Promise<void> {
    let left = names;
    for (let drops = 0; left.length > 1; drops += 1) {
      if (drops > MAX_DROPS) return this.#share(left, searched, add);
      const answer = await this.#ask(left);
      if (answer.kind === 'values') return;
      if (answer.kind === 'forbidden' && !searched) return this.#search(left, add);
      if (answer.kind !== 'missing') return this.#share(left, searched, add);
      left = left.filter((name) => name !== answer.name);
    }
    for (const name of left) await this.#readSingly(name);
  }

  /**
   * Looks for the one name among these that may not be read, by halving: about one request for each. What the halves leave open is
   * asked for in one request at the end; if that is forbidden too, there are several, and both of its halves are read in turn.
   */
  async #search(names: readonly string[], add: (job: Job) => void): Promise<void> {
    const open: string[] = [];
    let suspects = names;
    while (suspects.length > 1) {
      const [first, second] = halve(suspects);
      const answer = await this.#ask(first);
      if (answer.kind === 'values') suspects = second;
      else if (answer.kind === 'missing') suspects = suspects.filter((name) => name !== answer.name);
      else {
        open.push(...second);
        suspects = first;
        if (answer.kind === 'refused') break;
      }
    }
    if (suspects.length === 1) await this.#readSingly(suspects[0] as string);
    else if (suspects.length > 1) this.#share(suspects, true, add);
    await this.#read(open, true, add);
  }

  /** One request; values and a missing name are kept, a refusal is counted. */
  async #ask(names: readonly string[]): Promise<BatchAnswer> {
    const answer = await askForBatch(this.#context, names, this.#deadline);
    if (answer.kind === 'missing') this.#outcomes.set(answer.name, secretNotFound(answer.name));
    if (answer.kind === 'refused') this.#assertSomeSucceed(answer.error);
    if (answer.kind === 'values') this.#keep(answer.values);
    return answer;
  }

  /** A server that refuses everything is not asked for each of a thousand names. */
  #assertSomeSucceed(error: ConjurError): void {
    this.#refusals += 1;
    const outcomes = [...this.#outcomes.values()];
    if (this.#refusals > MAX_REFUSALS && outcomes.every((outcome) => isConjurError(outcome))) throw error;
  }

  #share(names: readonly string[], searched: boolean, add: (job: Job) => void): void {
    for (const half of halve(names)) add(this.batch(half, searched));
  }

  #keep(values: ReadonlyMap<string, SecretValue['value']>): void {
    for (const [name, value] of values) {
      this.#outcomes.set(name, { name, value, contentType: undefined, version: undefined, stale: false });
    }
  }

  async #readSingly(name: string): Promise<void> {
    try {
      this.#outcomes.set(name, await readSecret(this.#context, name, {}, this.#deadline));
    } catch (error) {
      if (!isAboutOneName(error)) throw error;
      this.#outcomes.set(name, error);
    }
  }
}

function halve(names: readonly string[]): [readonly string[], readonly string[]] {
  const middle = Math.ceil(names.length / 2);
  return [names.slice(0, middle), names.slice(middle)];
}

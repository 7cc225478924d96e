import type { ConjurContext } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { type Batch, type ConjurError, isConjurError } from '../errors.ts';
import { assertDistinct } from '../names.ts';
import { type Secret, toSecret } from '../secret.ts';
import { parseVariableDefinition, type VariableDefinition } from './variable-policy.ts';
import { describeWrite, setDefinedValue, setValue, type WriteResult, type WriteState } from './write-secret.ts';

/** A value to be written, with what its variable is defined by where it is missing. */
export interface SecretToWrite extends VariableDefinition {
  readonly value: Secret | string | Uint8Array;
}

/**
 * Checks a list of writes as a whole, before any of it is sent.
 * @throws TypeError for what is no list, and a value that is none; ConjurError `invalid_request` for a name that comes twice
 */
export function assertWritable(secrets: readonly SecretToWrite[]): void {
  if (!Array.isArray(secrets)) throw new TypeError('What is to be written must be a list of names and values.');
  for (const { value } of secrets) toSecret(value);
  assertDistinct(secrets.map(({ name }) => name));
}

/** Writes under way at once: enough to hide latency, too few to starve other clients of Conjur or to wait long for a connection. */
const CONCURRENCY = 16;

/**
 * Writes many values; one that fails never loses the others. All are tried first, so that everything that is missing is known before
 * it is defined, in one policy load. {@link assertWritable} comes before it.
 */
export async function writeSecrets(
  context: ConjurContext,
  state: WriteState,
  secrets: readonly SecretToWrite[],
  options: { deadline: Deadline; reportVersion: boolean },
): Promise<Batch<WriteResult>> {
  const { deadline } = options;
  const writes = secrets.map((secret) => new Write(secret));
  await eachUnfailed(writes, async (write) => {
    const { name, value } = parseVariableDefinition(write.secret);
    write.missing = !(await state.definer.trackWrite(
      setValue(context, state.versions, name, toSecret(value), deadline),
    ));
  });
  const missing = writes.filter((write) => write.missing);
  // All in the same turn: that is what the definer puts into one document.
  await Promise.all(missing.map((write) => write.attempt(() => state.definer.define(write.secret, deadline))));
  await eachUnfailed(missing, ({ secret }) =>
    setDefinedValue(context, state.versions, secret.name, toSecret(secret.value), deadline),
  );
  await eachUnfailed(writes, async (write) => {
    const written = { name: write.secret.name, created: write.missing };
    write.result = await describeWrite(context, state.versions, written, options);
  });
  return toResult(writes);
}

/** One of the writes on its way through the steps. */
class Write {
  readonly secret: SecretToWrite;
  missing = false;
  error: ConjurError | undefined;
  result: WriteResult | undefined;

  constructor(secret: SecretToWrite) {
    this.secret = secret;
  }

  async attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!isConjurError(error)) throw error;
      this.error = error;
    }
  }
}

async function eachUnfailed(writes: readonly Write[], step: (write: Write) => Promise<void>): Promise<void> {
  const unfailed = writes.filter(({ error }) => error === undefined);
  await inParallel(unfailed, CONCURRENCY, (write) => write.attempt(() => step(write)));
}

function toResult(writes: readonly Write[]): Batch<WriteResult> {
  return {
    items: writes.flatMap(({ result }) => result ?? []),
    errors: writes.flatMap(({ secret: { name }, error }) => (error === undefined ? [] : [{ name, error }])),
  };
}

/** Does something with every item, at most `concurrency` at a time, and gives the results in the items' order. `work` must not throw. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}

import type { ConjurContext } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError, isConjurError } from '../errors.ts';
import { showVariable } from '../resources/variables.ts';
import type { Secret } from '../secret.ts';
import { readSecret } from './read-secret.ts';

/** Conjur keeps this many versions of a variable. */
const KEPT_VERSIONS = 20;

/** A write whose answer did not come. */
export interface LostWrite {
  readonly name: string;
  readonly value: Secret;
  /** The version that this client saw last; undefined where it saw none. */
  readonly seenVersion: number | undefined;
}

/**
 * Whether a write whose answer was lost took effect, before it is sent again: if it did, and somebody has written since, a repetition would
 * put the old value over theirs. Asked of the leader.
 *
 * False also where this identity may not read the variable, so that it cannot be told: then the write is repeated. What is still on its way
 * to Conjur is not seen either.
 * @throws ConjurError `upstream_error` where the value stands below another, and may have stood there before
 */
export async function hasTakenEffect(
  context: ConjurContext,
  { name, value, seenVersion }: LostWrite,
  deadline: Deadline,
): Promise<boolean> {
  const read = (version?: number) => readValue(context, name, version, deadline);
  const latest = await read();
  if (latest === undefined) return false;
  if (latest.equals(value)) return true;
  const version = (await showVariable(context, name, deadline))?.version;
  if (version === undefined) throw unknownOutcome(name);
  // A variable that was deleted and made anew counts from 1 again: what was seen of it before says nothing.
  const known = seenVersion !== undefined && seenVersion <= version ? seenVersion : undefined;
  const lowest = Math.max(1, version - KEPT_VERSIONS + 1, (known ?? 0) + 1);
  for (let below = version - 1; below >= lowest; below -= 1) {
    if ((await read(below))?.equals(value) !== true) continue;
    // Above what this client saw, it is new. Without that, it may be an old version that happens to be the same.
    if (known !== undefined) return true;
    throw unknownOutcome(name);
  }
  return false;
}

async function readValue(
  context: ConjurContext,
  name: string,
  version: number | undefined,
  deadline: Deadline,
): Promise<Secret | undefined> {
  try {
    return (await readSecret(context, name, { version, fromLeader: true }, deadline)).value;
  } catch (error) {
    if (isConjurError(error, 'secret_not_found') || isConjurError(error, 'forbidden')) return undefined;
    throw error;
  }
}

function unknownOutcome(name: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `It is not known whether the value of "${name}" was written: the answer was lost, and another value stands there now, which somebody may have written since. Nothing was sent again. Read the secret, and write it once more if that is what you want.`,
  );
}

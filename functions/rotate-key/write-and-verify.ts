import type { ConjurClient } from '../../lib/client.ts';
import type { Deadline } from '../../lib/clock.ts';
import { ConjurError, isConjurError } from '../../lib/errors.ts';
import type { Secret } from '../../lib/secret.ts';

/** What Conjur holds after a write that was read back. */
export interface Verified {
  /** The version that stands now; undefined where this identity may not see it. */
  readonly version: number | undefined;
  /** The value of that version. */
  readonly value: Secret;
  /** The version that this write made, where another writer's has come after it. */
  readonly supersededVersion?: number | undefined;
}

const KEPT_VERSIONS = 20;

/** The versions of a variable that Conjur may still have, from the latest downwards; none where the latest is 0. */
export function keptVersions(latest: number): number[] {
  return Array.from({ length: Math.min(latest, KEPT_VERSIONS) }, (_, index) => latest - index);
}

/**
 * Writes a value and reads back what Conjur now holds, from the leader itself. A rotation whose write was lost or altered must fail
 * here, and not when the value is needed. Where another value stands, the versions before it tell the two apart: another writer came
 * after this write, or this write is nowhere.
 * @throws ConjurError `upstream_error` where the value cannot be found again
 */
export async function writeAndVerify(
  conjur: Pick<ConjurClient, 'readSecret' | 'writeSecret'>,
  name: string,
  value: Secret,
  deadline: Deadline,
): Promise<Verified> {
  const { version } = await conjur.writeSecret(name, value, { deadline });
  const stored = await readVersion(conjur, name, version, deadline);
  if (stored === undefined) throw notThere(name);
  if (stored.equals(value)) return { version, value };
  const supersededVersion = await findVersion(conjur, name, value, (version ?? 1) - 1, deadline);
  if (supersededVersion === undefined) throw notThere(name);
  return { version, value: stored, supersededVersion };
}

/** The latest version, from the one given downwards, that has the value. */
async function findVersion(
  conjur: Pick<ConjurClient, 'readSecret'>,
  name: string,
  value: Secret,
  latest: number,
  deadline: Deadline,
): Promise<number | undefined> {
  for (const version of keptVersions(latest)) {
    const stored = await readVersion(conjur, name, version, deadline);
    if (stored === undefined) return undefined;
    if (stored.equals(value)) return version;
  }
  return undefined;
}

/** The latest version of a variable that has the value; undefined where none does of those that Conjur keeps. */
export async function versionWith(
  conjur: Pick<ConjurClient, 'readSecret' | 'showVariable'>,
  name: string,
  value: Secret,
  deadline: Deadline,
): Promise<number | undefined> {
  const latest = (await conjur.showVariable(name, { deadline }))?.version;
  return findVersion(conjur, name, value, latest ?? 0, deadline);
}

/** Undefined where Conjur does not keep the version any more. */
export async function readVersion(
  conjur: Pick<ConjurClient, 'readSecret'>,
  name: string,
  version: number | undefined,
  deadline: Deadline,
): Promise<Secret | undefined> {
  try {
    return (await conjur.readSecret(name, { version, fromLeader: true, deadline })).value;
  } catch (error) {
    if (isConjurError(error, 'secret_not_found')) return undefined;
    throw error;
  }
}

function notThere(name: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `The value that was written to "${name}" is not the one that Conjur gives back. Something in between drops or alters writes, or this identity may write the variable and not read it (it needs read and execute); look at the variable's versions, and rotate again.`,
  );
}

/**
 * Refuses a rotation whose caller saw another version than the one that stands in Conjur now: somebody has written since, or this is a
 * repetition of a call that has done its work.
 * @throws ConjurError `unprocessable`
 */
export async function assertVersion(
  conjur: Pick<ConjurClient, 'showVariable'>,
  name: string,
  expected: number | undefined,
  deadline: Deadline,
): Promise<void> {
  if (expected === undefined) return;
  const version = (await conjur.showVariable(name, { deadline }))?.version;
  if (version === expected) return;
  throw new ConjurError(
    'unprocessable',
    `The secret "${name}" is at version ${version ?? 'unknown'}, and was to be rotated only at version ${expected} (if_version). Nothing was changed: read it again, or leave if_version out.`,
  );
}

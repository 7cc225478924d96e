import type { Deadline } from '../../../lib/clock.ts';
import { ConjurError, isConjurError } from '../../../lib/errors.ts';
import type { Secret } from '../../../lib/secret.ts';
import { suppliedCall } from '../../contract/rotate-key.ts';
import { decodeValue } from '../../runtime/input.ts';
import type { RotationDeps } from '../deps.ts';
import { assertVersion, readVersion, writeAndVerify } from '../write-and-verify.ts';
import { createStrategy, type RotationDetails } from './strategy.ts';

/**
 * A value that the caller brings. With `new_name` it is written there and verified first; only then is the old secret deleted (where
 * `CYBERARK_ALLOW_DELETE` allows it) or reported, so that at every moment at least one of the two holds a value.
 *
 * The caller chose the value, so the answer is about the version that holds it, and says where another has replaced it since.
 */
export const supplied = createStrategy({
  name: 'supplied',
  schema: suppliedCall,
  // The caller's own value: who may not write must not do it by a rotation.
  rights: ['write'],
  affectedVariables: ({ name, new_name: newName }) => (newName === undefined ? [name] : [name, newName]),
  async rotate(deps, input, deadline, logged) {
    const value = decodeValue(input.new_value, input.encoding);
    const name = input.new_name ?? input.name;
    await assertVersion(deps.conjur, input.name, input.if_version, deadline);
    const write = await logged('write and verify', () => writeAndVerify(deps.conjur, name, value, deadline));
    const superseded = write.supersededVersion === undefined ? {} : { superseded_by_version: write.version };
    const retired =
      name === input.name
        ? {}
        : await logged('retire the old name', () => retire(deps, { name: input.name, newName: name, value }, deadline));
    return { name, version: write.supersededVersion ?? write.version, value, details: { ...retired, ...superseded } };
  },
});

interface Renaming {
  readonly name: string;
  readonly newName: string;
  readonly value: Secret;
}

/**
 * Deletes the old secret, or reports that it is still there. The new one is looked at before and after: somebody who renames the other
 * way at the same moment deletes it, and then it is written again, for one of the two must hold a value. What is reported is what was seen.
 */
async function retire(
  { conjur, settings }: Pick<RotationDeps, 'conjur' | 'settings'>,
  { name, newName, value }: Renaming,
  deadline: Deadline,
): Promise<RotationDetails> {
  if (!settings.allowDelete) {
    return toKept(
      name,
      `CYBERARK_ALLOW_DELETE is not true, so it stays. Delete it by a policy update; or set that, and call write-secret with ${JSON.stringify({ delete: name })}.`,
    );
  }
  const isThere = async (wanted: string): Promise<boolean> =>
    (await readVersion(conjur, wanted, undefined, deadline)) !== undefined;
  if (!(await isThere(newName))) throw overtaken(newName);
  try {
    await conjur.deleteVariable(name, { deadline });
  } catch (error) {
    // What Conjur will never allow is no reason to fail a rotation that is done; whatever may pass is, so that it is tried again.
    if (isConjurError(error, 'forbidden') || isConjurError(error, 'invalid_request'))
      return toKept(name, error.message);
    if (!isConjurError(error, 'secret_not_found')) throw error;
    return toKept(name, 'This identity sees no such secret: it is gone already, or may not be seen.');
  }
  if (!(await isThere(newName))) await writeAndVerify(conjur, newName, value, deadline);
  if ((await conjur.showVariable(name, { deadline })) === undefined) return { old_name: name, old_deleted: true };
  return toKept(name, 'It was deleted, and somebody has made it again since.');
}

function overtaken(newName: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `The secret "${newName}" was written, and is gone again: somebody else deletes or renames it at the same time. The old one was left in place; look at both, and rotate again.`,
  );
}

function toKept(name: string, reason: string): RotationDetails {
  return { old_name: name, old_deleted: false, old_kept_because: reason };
}

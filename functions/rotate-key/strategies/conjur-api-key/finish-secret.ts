import { ConjurError, isConjurError } from '../../../../lib/errors.ts';
import type { RotationContext } from './context.ts';
import { findPending, findStage, isOvertaken } from './secret-versions.ts';
import { readStaged, testCredential } from './verify.ts';

/** AWSCURRENT moves only from the version that has it; another rotation may have moved it in between, so look again. */
const MAX_MOVES = 3;

/**
 * The step `finishSecret`: the staged version becomes AWSCURRENT, and AWSPREVIOUS follows by itself. The key is tested once more before
 * each move: this is the moment from which readers depend on it.
 * @returns false where the version was AWSCURRENT already
 * @throws ConjurError `invalid_request` where nothing is staged, or another version is
 */
export async function finishSecret(context: RotationContext): Promise<boolean> {
  const { versions, secretId, versionId, deadline } = context;
  const staged = await readStaged(context);
  if (staged === undefined) throw nothingStaged(context);
  for (let moves = 0; moves < MAX_MOVES; moves += 1) {
    await testCredential(context, staged);
    const description = await versions.describe(secretId, deadline);
    const from = findStage(description, 'AWSCURRENT');
    if (from === versionId) return moves > 0;
    if (from === undefined || findPending(description) !== versionId) throw notPending(context);
    await assertNewest(context, from);
    if (!(await versions.moveCurrent(secretId, { from, to: versionId }, deadline))) continue;
    await dropPending(context);
    return true;
  }
  throw new ConjurError(
    'upstream_error',
    `Another process keeps moving AWSCURRENT of ${secretId}. Find out which, and rotate again.`,
  );
}

/** What was staged before somebody put another version into use must not undo that. */
async function assertNewest({ versions, secretId, versionId, deadline }: RotationContext, from: string): Promise<void> {
  if (!(await isOvertaken(versions, secretId, versionId, from, deadline))) return;
  throw new ConjurError(
    'upstream_error',
    `Version ${versionId} of ${secretId} was staged before version ${from} came into use, and would undo it. Nothing was changed; rotate again, which makes a new key.`,
  );
}

/** The label has done its work. Left on the version, it would make the next rotation look begun; that it stays is no failure of this one. */
async function dropPending({ deps, versions, secretId, versionId, deadline }: RotationContext): Promise<void> {
  try {
    await versions.dropPending(secretId, versionId, deadline);
  } catch (error) {
    const code = isConjurError(error) ? error.code : 'internal';
    deps.logger.warn('The rotation is finished, but AWSPENDING could not be taken off its version.', {
      secretId,
      code,
    });
  }
}

function nothingStaged({ secretId, versionId }: RotationContext): ConjurError {
  return new ConjurError(
    'invalid_request',
    `Version ${versionId} of ${secretId} has no value, so it cannot be put into use. The step createSecret comes first.`,
  );
}

function notPending({ secretId, versionId }: RotationContext): ConjurError {
  return new ConjurError(
    'invalid_request',
    `Version ${versionId} of ${secretId} is not AWSPENDING any more: another rotation has taken its place.`,
  );
}

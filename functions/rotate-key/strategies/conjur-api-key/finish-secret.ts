import { ConjurError } from '../../../../lib/errors.ts';
import type { RotationContext } from './context.ts';
import { findStage } from './secret-versions.ts';
import { readStaged, testCredential } from './verify.ts';

/** AWSCURRENT moves only from the version that has it; another rotation may have moved it in between, so look again. */
const MAX_MOVES = 3;

/**
 * The step `finishSecret`: the staged version becomes AWSCURRENT, and AWSPREVIOUS follows by itself. The key is tested once more: this
 * is the moment from which readers depend on it.
 * @returns false where the version was AWSCURRENT already
 * @throws ConjurError `invalid_request` where nothing is staged, or another version is
 */
export async function finishSecret(context: RotationContext): Promise<boolean> {
  const { versions, secretId, versionId, deadline } = context;
  const staged = await readStaged(context);
  if (staged === undefined) throw nothingStaged(context);
  await testCredential(context, staged);
  for (let moves = 0; moves < MAX_MOVES; moves += 1) {
    const description = await versions.describe(secretId, deadline);
    const from = findStage(description, 'AWSCURRENT');
    if (from === versionId) return moves > 0;
    if (from === undefined || findStage(description, 'AWSPENDING') !== versionId) throw notPending(context);
    if (await versions.moveCurrent(secretId, { from, to: versionId }, deadline)) return true;
  }
  throw new ConjurError(
    'upstream_error',
    `Another process keeps moving AWSCURRENT of ${secretId}. Find out which one, and rotate again.`,
  );
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

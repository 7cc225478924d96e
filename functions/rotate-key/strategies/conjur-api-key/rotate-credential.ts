import { createHash } from 'node:crypto';
import type { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import type { Logged, RotationDeps } from '../../deps.ts';
import type { Rotated } from '../strategy.ts';
import type { RotationContext } from './context.ts';
import { createSecret } from './create-secret.ts';
import { finishSecret } from './finish-secret.ts';
import { parseHostCredential } from './host-credential.ts';
import { findPending, findStage, isOvertaken, type SecretDescription, type SecretVersions } from './secret-versions.ts';
import { testCredential, testSecret } from './verify.ts';

/**
 * All steps in one call, for those who do not have Secrets Manager begin the rotation. A rotation that was begun and not finished is
 * gone on with, whoever began it; and where another one finishes meanwhile, that is the rotation that was asked for.
 */
export async function rotateCredential(
  deps: RotationDeps,
  secretId: string,
  deadline: Deadline,
  logged: Logged,
): Promise<Rotated> {
  const versions = await deps.loadSecretVersions();
  const description = await logged('look at the secret', () => versions.describe(secretId, deadline));
  const from = currentOf(description);
  const versionId = (await chooseVersion(versions, description, deadline)) ?? deps.randomUuid();
  const context: RotationContext = { deps, versions, secretId, versionId, rotationToken: undefined, deadline };
  const rotated = { name: description.name, value: undefined };
  try {
    const staged = { ...context, versionId: await logged('createSecret', () => createSecret(context)) };
    await logged('testSecret', () => testSecret(staged));
    await logged('finishSecret', () => finishSecret(staged));
    return { ...rotated, version: staged.versionId };
  } catch (error) {
    const version = await findFinished(context, from);
    if (version === undefined) throw error;
    deps.logger.info('Another rotation of the same secret finished first.', { secretId, version });
    return { ...rotated, version };
  }
}

/**
 * The version that was begun, or a new one; undefined where that one is spent, and another is to be drawn. Its id follows from the version in use, so that of two calls at the same time the second
 * to write learns of the first: a version can be written only once.
 */
async function chooseVersion(
  versions: SecretVersions,
  description: SecretDescription,
  deadline: Deadline,
): Promise<string | undefined> {
  const current = currentOf(description);
  const begun = findPending(description);
  if (begun !== undefined && !(await isOvertaken(versions, description.arn, begun, current, deadline))) return begun;
  const versionId = createHash('sha256').update(`${description.arn} ${current}`).digest('hex');
  const spent = await versions.read(description.arn, { versionId }, deadline);
  return spent === undefined ? versionId : undefined;
}

/** The version that has AWSCURRENT. @throws ConjurError `config_invalid` where there is none */
function currentOf(description: SecretDescription): string {
  const current = findStage(description, 'AWSCURRENT');
  if (current !== undefined) return current;
  throw new ConjurError(
    'config_invalid',
    `The secret ${description.name} in Secrets Manager has no value yet. Store the first credential there; from then on it can be rotated.`,
  );
}

/** The version that another rotation has put into use since, if its key is another one and alive. */
async function findFinished(context: RotationContext, from: string): Promise<string | undefined> {
  const { versions, secretId, deadline } = context;
  try {
    const current = await versions.read(secretId, { stage: 'AWSCURRENT' }, deadline);
    if (current === undefined || current.versionId === from) return undefined;
    const credential = parseHostCredential(current.content, secretId);
    const before = await versions.read(secretId, { versionId: from }, deadline);
    if (before === undefined || parseHostCredential(before.content, secretId).apiKey.equals(credential.apiKey))
      return undefined;
    await testCredential(context, credential);
    return current.versionId;
  } catch {
    // The rotation has failed already, and its own error says more than that of a look afterwards.
    return undefined;
  }
}

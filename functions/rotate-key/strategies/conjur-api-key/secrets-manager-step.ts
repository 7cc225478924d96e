import * as v from 'valibot';
import type { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { Secret } from '../../../../lib/secret.ts';
import { fieldsOf } from '../../../runtime/http.ts';
import type { RotationDeps } from '../../deps.ts';
import type { RotationContext } from './context.ts';
import { createSecret } from './create-secret.ts';
import { finishSecret } from './finish-secret.ts';
import type { SecretDescription } from './secret-versions.ts';
import { testSecret } from './verify.ts';

export const ROTATION_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type StepName = (typeof ROTATION_STEPS)[number];

/**
 * What Secrets Manager sends. Fields that it may add are passed over.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export const stepEventSchema = v.object({
  Step: v.picklist(ROTATION_STEPS),
  /** The secret's ARN. */
  SecretId: v.pipe(v.string(), v.minLength(1), v.maxLength(2_048)),
  /** The id of the version that is being made. */
  ClientRequestToken: v.pipe(v.string(), v.minLength(32), v.maxLength(64)),
  /** Proves in another account on whose behalf the function acts. */
  RotationToken: v.optional(
    v.pipe(
      v.string(),
      v.transform((token) => Secret.of(token)),
    ),
  ),
});

export type StepEvent = v.InferOutput<typeof stepEventSchema>;

/** True for what Secrets Manager sends; its contents are for the schema to check. */
export function isStepEvent(payload: unknown): boolean {
  const fields = fieldsOf(payload);
  return 'Step' in fields && 'SecretId' in fields;
}

export interface StepOutcome {
  /** Name of the secret, as Secrets Manager knows it. */
  readonly name: string;
  /** `already_current`: the version was put into use before, and nothing was done. */
  readonly outcome: 'done' | 'already_current';
}

/**
 * One of Secrets Manager's four steps. Each may be called again at any time.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 * @throws ConjurError `invalid_request` where the event does not fit the secret: rotation is off, the version unknown or not AWSPENDING
 */
export async function runSecretsManagerStep(
  deps: RotationDeps,
  event: StepEvent,
  deadline: Deadline,
): Promise<StepOutcome> {
  const versions = await deps.loadSecretVersions();
  const { SecretId: secretId, ClientRequestToken: versionId, RotationToken: rotationToken } = event;
  const context: RotationContext = { deps, versions, secretId, versionId, rotationToken, deadline };
  const description = await versions.describe(secretId, deadline);
  if (checkVersion(description, versionId) === 'current') return { name: description.name, outcome: 'already_current' };
  const done = { name: description.name, outcome: 'done' } as const;
  switch (event.Step) {
    case 'createSecret':
      await create(context);
      return done;
    case 'setSecret':
      // Conjur sets a key in the moment in which it makes it; createSecret has done both.
      return done;
    case 'testSecret':
      await testSecret(context);
      return done;
    case 'finishSecret':
      return (await finishSecret(context)) ? done : { name: description.name, outcome: 'already_current' };
  }
}

/** The order of the checks, and what they refuse, are those of AWS's own rotation functions. */
function checkVersion({ name, rotationEnabled, stages }: SecretDescription, versionId: string): 'current' | 'pending' {
  if (!rotationEnabled) throw refused(name, 'has no rotation enabled');
  const labels = stages.get(versionId);
  if (labels === undefined) throw refused(name, `has no version ${versionId} that could be rotated to`);
  if (labels.includes('AWSCURRENT')) return 'current';
  if (labels.includes('AWSPREVIOUS') && labels.includes('AWSPENDING'))
    throw refused(name, `had version ${versionId} in use before, and does not get it back`);
  if (!labels.includes('AWSPENDING')) throw refused(name, `does not have version ${versionId} as AWSPENDING`);
  return 'pending';
}

/**
 * Where the version holds what cannot be used (a key that another run with the same token has killed, fields that somebody has changed
 * since), the new key is in another version.
 * That is put into use at once, for Secrets Manager will not ask for it.
 */
async function create(context: RotationContext): Promise<void> {
  const versionId = await createSecret(context);
  if (versionId === context.versionId) return;
  await finishSecret({ ...context, versionId });
  throw new ConjurError(
    'upstream_error',
    `Version ${context.versionId} of ${context.secretId} holds a key that is dead, or fields that were changed since, and cannot be written again. The rotation was finished as version ${versionId}, which is AWSCURRENT now; nothing is left to do.`,
  );
}

function refused(name: string, problem: string): ConjurError {
  return new ConjurError(
    'invalid_request',
    `The secret ${name} ${problem}. Start a rotation by RotateSecret, which calls this function with the right version.`,
  );
}

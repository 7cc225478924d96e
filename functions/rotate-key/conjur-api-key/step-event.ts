import * as v from 'valibot';
import { Secret } from '../../../lib/secret.ts';
import { fieldsOf } from '../../shared/fields-of.ts';

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

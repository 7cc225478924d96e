import * as v from 'valibot';
import { AwsJsonError } from '../aws-json/aws-json-error.ts';

/** 65,536 bytes: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const MAX_SECRET_BYTES = 65_536;

const text = (min: number, max: number) =>
  v.pipe(
    v.string('Member must be a string'),
    v.minLength(min, `Member must have length greater than or equal to ${min}`),
    v.maxLength(max, `Member must have length less than or equal to ${max}`),
  );

const whole = (min: number, max: number) =>
  v.pipe(
    v.number('Member must be a number'),
    v.integer('Member must be a whole number'),
    v.minValue(min, `Member must be greater than or equal to ${min}`),
    v.maxValue(max, `Member must be less than or equal to ${max}`),
  );

const flag = v.optional(v.boolean('Member must be a boolean'));

/** A ClientRequestToken or version id: 32 to 64 characters. */
const token = text(32, 64);
const label = text(1, 256);
const secretId = text(1, 2048);

const secretString = v.pipe(
  text(1, MAX_SECRET_BYTES),
  v.maxBytes(MAX_SECRET_BYTES, `Member must have length less than or equal to ${MAX_SECRET_BYTES}`),
);

const secretBinary = v.pipe(
  v.string('Member must be a blob'),
  v.base64('Member must be base64'),
  v.check((value) => {
    const { length } = Buffer.from(value, 'base64');
    return length >= 1 && length <= MAX_SECRET_BYTES;
  }, `Member must have length between 1 and ${MAX_SECRET_BYTES}`),
);

const value = { SecretString: v.optional(secretString), SecretBinary: v.optional(secretBinary) };

const rotationRules = v.object({
  AutomaticallyAfterDays: v.optional(whole(1, 1000)),
  Duration: v.optional(text(2, 3)),
  ScheduleExpression: v.optional(text(1, 256)),
});

const tags = v.array(v.object({ Key: v.optional(text(1, 128)), Value: v.optional(text(0, 256)) }));

export const createSecretInput = v.object({
  Name: v.pipe(text(1, 512), v.regex(/^[\w/+=.@!-]+$/, 'Must contain only alphanumeric characters and -/_+=.@!')),
  ClientRequestToken: token,
  Description: v.optional(text(0, 2048)),
  KmsKeyId: v.optional(text(0, 2048)),
  Tags: v.optional(tags),
  ...value,
});

export const secretIdInput = v.object({ SecretId: secretId });

export const getSecretValueInput = v.object({
  SecretId: secretId,
  VersionId: v.optional(token),
  VersionStage: v.optional(label),
});

export const putSecretValueInput = v.object({
  SecretId: secretId,
  ClientRequestToken: token,
  VersionStages: v.optional(v.pipe(v.array(label), v.minLength(1), v.maxLength(20))),
  ...value,
});

export const updateSecretVersionStageInput = v.object({
  SecretId: secretId,
  VersionStage: label,
  MoveToVersionId: v.optional(token),
  RemoveFromVersionId: v.optional(token),
});

export const listSecretVersionIdsInput = v.object({
  SecretId: secretId,
  IncludeDeprecated: flag,
  MaxResults: v.optional(whole(1, 100)),
  NextToken: v.optional(text(1, 4096)),
});

export const rotateSecretInput = v.object({
  SecretId: secretId,
  ClientRequestToken: token,
  RotationLambdaARN: v.optional(text(0, 2048)),
  RotationRules: v.optional(rotationRules),
  RotateImmediately: flag,
});

export const deleteSecretInput = v.object({
  SecretId: secretId,
  RecoveryWindowInDays: v.optional(whole(7, 30)),
  ForceDeleteWithoutRecovery: flag,
});

export const getRandomPasswordInput = v.object({
  PasswordLength: v.optional(whole(1, 4096), 32),
  ExcludeCharacters: v.optional(text(0, 4096), ''),
  ExcludeNumbers: flag,
  ExcludePunctuation: flag,
  ExcludeUppercase: flag,
  ExcludeLowercase: flag,
  IncludeSpace: flag,
  RequireEachIncludedType: v.optional(v.boolean('Member must be a boolean'), true),
});

/**
 * Parses the input of an operation; members that it does not know are ignored, as AWS does.
 *
 * @throws AwsJsonError ValidationException, which names the member and never its value.
 */
export function parseInput<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const member = v.getDotPath(issue) ?? 'input';
  const constraint = issue.type === 'object' || issue.input === undefined ? 'Member must not be null' : issue.message;
  throw new AwsJsonError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

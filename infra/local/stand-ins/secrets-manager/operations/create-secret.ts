import { AwsJsonError } from '../../aws-json/aws-json-error.ts';
import { createSecretInput, parseInput } from '../input-schemas.ts';
import { isSameContent, toSecretContent } from '../secret-content.ts';
import type { SecretContent, SecretRecord } from '../secret-record.ts';
import { findVersion } from '../staging-labels.ts';
import type { Operation, OperationContext } from './operation.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
export const createSecret: Operation = (context, rawInput) => {
  const input = parseInput(createSecretInput, rawInput);
  const content = toSecretContent(input);
  const existing = context.store.find(input.Name);
  if (existing !== undefined) return answerExisting(existing, input.ClientRequestToken, content);
  const secret: SecretRecord = {
    arn: `arn:aws:secretsmanager:${context.region}:000000000000:secret:${input.Name}-${toSuffix(context)}`,
    name: input.Name,
    createdAtMs: context.now(),
    lastChangedAtMs: context.now(),
    tags: input.Tags ?? [],
    versions: [],
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.KmsKeyId === undefined ? {} : { kmsKeyId: input.KmsKeyId }),
  };
  if (content !== undefined) {
    const id = input.ClientRequestToken;
    secret.versions.push({ id, createdAtMs: context.now(), stages: ['AWSCURRENT'], content });
  }
  context.store.insert(secret);
  context.store.save();
  return toAnswer(secret, content && input.ClientRequestToken);
};

function answerExisting(secret: SecretRecord, token: string, content: SecretContent | undefined): unknown {
  if (secret.deletion !== undefined) {
    throw new AwsJsonError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const version = findVersion(secret, token);
  if (version !== undefined && isSameContent(version.content, content)) return toAnswer(secret, token);
  throw new AwsJsonError(
    'ResourceExistsException',
    `The operation failed because the secret ${secret.name} already exists.`,
  );
}

function toAnswer(secret: SecretRecord, versionId: string | undefined): unknown {
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
}

function toSuffix({ random }: OperationContext): string {
  return Array.from(random(6), (byte) => LETTERS.charAt(byte % LETTERS.length)).join('');
}

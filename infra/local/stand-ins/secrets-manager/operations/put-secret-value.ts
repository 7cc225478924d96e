import { AwsJsonError } from '../../aws-json/aws-json-error.ts';
import { parseInput, putSecretValueInput } from '../input-schemas.ts';
import { isSameContent, toSecretContent } from '../secret-content.ts';
import type { SecretRecord, SecretVersion } from '../secret-record.ts';
import { attachLabel, findVersion, removeDeprecatedVersions } from '../staging-labels.ts';
import type { Operation, OperationContext } from './operation.ts';

/** Most staging labels on one version. */
const MAX_LABELS = 20;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
export const putSecretValue: Operation = (context, rawInput) => {
  const input = parseInput(putSecretValueInput, rawInput);
  const secret = context.store.getLive(input.SecretId);
  const content = toSecretContent(input);
  if (content === undefined) {
    throw new AwsJsonError('InvalidParameterException', 'You must provide either SecretString or SecretBinary.');
  }
  const token = input.ClientRequestToken;
  const existing = findVersion(secret, token);
  if (existing?.content !== undefined) {
    // The same token and value is a repetition, which changes nothing: not even the labels.
    if (isSameContent(existing.content, content)) return toAnswer(secret, existing);
    throw tokenInUse(secret, token);
  }
  const version: SecretVersion = existing ?? { id: token, createdAtMs: context.now(), stages: [] };
  const labels = toLabels(secret, version, input.VersionStages);
  version.content = content;
  if (existing === undefined) secret.versions.push(version);
  for (const label of labels) attachLabel(secret, label, version);
  hidePending(context, secret, version);
  removeDeprecatedVersions(secret);
  secret.lastChangedAtMs = context.now();
  context.store.save();
  return toAnswer(secret, version);
};

function toLabels(secret: SecretRecord, version: SecretVersion, asked: readonly string[] | undefined): Set<string> {
  const labels = new Set(asked ?? ['AWSCURRENT']);
  // "If this operation creates the first version for the secret, then Secrets Manager automatically attaches AWSCURRENT."
  if (secret.versions.length === 0) labels.add('AWSCURRENT');
  if (new Set([...version.stages, ...labels]).size <= MAX_LABELS) return labels;
  throw new AwsJsonError('LimitExceededException', `A version can have at most ${MAX_LABELS} staging labels.`);
}

function hidePending(context: OperationContext, { arn }: SecretRecord, { stages }: SecretVersion): void {
  if (stages.includes('AWSPENDING')) context.hiddenPendingReads.set(arn, context.pendingInvisibleReads);
}

function tokenInUse({ arn }: SecretRecord, token: string): AwsJsonError {
  return new AwsJsonError(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );
}

function toAnswer({ arn, name }: SecretRecord, { id, stages }: SecretVersion): unknown {
  return { ARN: arn, Name: name, VersionId: id, VersionStages: stages };
}

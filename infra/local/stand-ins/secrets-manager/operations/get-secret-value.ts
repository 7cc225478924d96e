import { AwsJsonError } from '../../aws-json/aws-json-error.ts';
import { getSecretValueInput, parseInput } from '../input-schemas.ts';
import type { SecretRecord, SecretVersion } from '../secret-record.ts';
import { findLabelHolder, findVersion } from '../staging-labels.ts';
import { type Operation, type OperationContext, toSeconds } from './operation.ts';

const DAY_MS = 86_400_000;

interface Wanted {
  readonly versionId?: string | undefined;
  readonly stage?: string | undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export const getSecretValue: Operation = (context, rawInput) => {
  const { SecretId, VersionId, VersionStage } = parseInput(getSecretValueInput, rawInput);
  const secret = context.store.getLive(SecretId);
  const wanted = { versionId: VersionId, stage: VersionStage };
  if (VersionStage === 'AWSPENDING' && isHidden(context, secret)) throw notFound(wanted);
  const version = findWanted(secret, wanted);
  if (version?.content === undefined) throw notFound(wanted);
  recordAccess(context, secret, version);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    VersionStages: version.stages,
    CreatedDate: toSeconds(version.createdAtMs),
    ...(version.content.kind === 'string'
      ? { SecretString: version.content.value }
      : { SecretBinary: version.content.value }),
  };
};

function findWanted(secret: SecretRecord, { versionId, stage }: Wanted): SecretVersion | undefined {
  if (versionId === undefined) return findLabelHolder(secret, stage ?? 'AWSCURRENT');
  const version = findVersion(secret, versionId);
  if (version === undefined || stage === undefined || version.stages.includes(stage)) return version;
  throw new AwsJsonError(
    'InvalidRequestException',
    'You provided a VersionStage that is not associated to the provided VersionId.',
  );
}

function notFound({ versionId, stage }: Wanted): AwsJsonError {
  const what = versionId === undefined ? `staging label: ${stage ?? 'AWSCURRENT'}` : `VersionId: ${versionId}`;
  return new AwsJsonError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${what}`,
  );
}

function isHidden({ hiddenPendingReads }: OperationContext, { arn }: SecretRecord): boolean {
  const left = hiddenPendingReads.get(arn) ?? 0;
  if (left > 0) hiddenPendingReads.set(arn, left - 1);
  return left > 0;
}

/** AWS keeps the day of the last access, not its time, so most reads change nothing that must be saved. */
function recordAccess({ now, store }: OperationContext, secret: SecretRecord, version: SecretVersion): void {
  const today = Math.floor(now() / DAY_MS) * DAY_MS;
  if (secret.lastAccessedAtMs === today && version.lastAccessedAtMs === today) return;
  secret.lastAccessedAtMs = today;
  version.lastAccessedAtMs = today;
  store.save();
}

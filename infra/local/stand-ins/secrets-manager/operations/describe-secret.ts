import { parseInput, secretIdInput } from '../input-schemas.ts';
import type { SecretRecord } from '../secret-record.ts';
import { type Operation, toSeconds } from './operation.ts';

const DAY_MS = 86_400_000;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
export const describeSecret: Operation = ({ store }, rawInput) => {
  const secret = store.get(parseInput(secretIdInput, rawInput).SecretId);
  const labelled = secret.versions.filter(({ stages }) => stages.length > 0);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    Tags: secret.tags,
    RotationEnabled: secret.rotation?.enabled,
    RotationLambdaARN: secret.rotation?.lambdaArn,
    RotationRules: secret.rotation?.rules,
    CreatedDate: toSeconds(secret.createdAtMs),
    LastChangedDate: toSeconds(secret.lastChangedAtMs),
    LastAccessedDate: toSeconds(secret.lastAccessedAtMs),
    LastRotatedDate: toSeconds(secret.lastRotatedAtMs),
    NextRotationDate: toSeconds(toNextRotation(secret)),
    DeletedDate: toSeconds(secret.deletion?.requestedAtMs),
    VersionIdsToStages: Object.fromEntries(labelled.map(({ id, stages }) => [id, stages])),
  };
};

function toNextRotation({ rotation, lastRotatedAtMs, createdAtMs }: SecretRecord): number | undefined {
  const days = rotation?.enabled ? rotation.rules?.AutomaticallyAfterDays : undefined;
  return days === undefined ? undefined : (lastRotatedAtMs ?? createdAtMs) + days * DAY_MS;
}

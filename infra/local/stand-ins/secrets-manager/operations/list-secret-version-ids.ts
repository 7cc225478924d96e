import { AwsJsonError } from '../../aws-json/aws-json-error.ts';
import { listSecretVersionIdsInput, parseInput } from '../input-schemas.ts';
import { type Operation, toSeconds } from './operation.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html */
export const listSecretVersionIds: Operation = ({ store }, rawInput) => {
  const input = parseInput(listSecretVersionIdsInput, rawInput);
  const secret = store.get(input.SecretId);
  const listed = secret.versions.filter(({ stages }) => input.IncludeDeprecated || stages.length > 0);
  const start = input.NextToken === undefined ? 0 : parseNextToken(input.NextToken);
  const end = start + (input.MaxResults ?? 100);
  return {
    ARN: secret.arn,
    Name: secret.name,
    NextToken: end < listed.length ? `from-${end}` : undefined,
    Versions: listed.slice(start, end).map((version) => ({
      VersionId: version.id,
      VersionStages: version.stages,
      CreatedDate: toSeconds(version.createdAtMs),
      LastAccessedDate: toSeconds(version.lastAccessedAtMs),
    })),
  };
};

function parseNextToken(token: string): number {
  const [, offset] = /^from-(\d{1,6})$/.exec(token) ?? [];
  if (offset === undefined) throw new AwsJsonError('InvalidNextTokenException', 'The NextToken value is invalid.');
  return Number(offset);
}

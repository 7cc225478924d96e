import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConjurError, isConjurError } from '../errors.ts';
import { Secret } from '../secret.ts';
import {
  awsErrorName,
  clientPerRegion,
  isThrottled,
  toAwsCause,
  toClientOptions,
  toRegionMissing,
  withinDeadline,
} from './aws-calls.ts';
import type { SecretReader, StagingLabel } from './secret-reader.ts';

/**
 * Reads secrets by `GetSecretValue`. Importing this file loads the AWS SDK: import it with `await import` where a cold start counts.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 * @param client default: one for each region that an ARN names, else of the environment's; credentials as AWS's SDK finds them;
 * `AWS_ENDPOINT_URL_SECRETS_MANAGER` is obeyed
 */
export function createSecretReader(client?: Pick<SecretsManagerClient, 'send'>): SecretReader {
  const clientOf = clientPerRegion((region) => client ?? new SecretsManagerClient(toClientOptions(region)));
  return {
    async read(secretId, stage, deadline) {
      const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
      const action = `reading the secret ${secretId} from Secrets Manager`;
      try {
        const { SecretString, SecretBinary } = await withinDeadline(deadline, action, (options) =>
          clientOf(secretId).send(command, options),
        );
        const content = SecretString ?? SecretBinary;
        return content === undefined ? undefined : Secret.of(content);
      } catch (error) {
        if (isMissingStage(error, stage)) return undefined;
        throw isConjurError(error) ? error : toConjurError(error, action);
      }
    },
  };
}

/** AWS says `ResourceNotFoundException` both of a secret and of a label that is not there; only AWSCURRENT is there in every secret. */
function isMissingStage(error: unknown, stage: StagingLabel): boolean {
  return stage !== 'AWSCURRENT' && awsErrorName(error) === 'ResourceNotFoundException';
}

const REFUSED = new Set([
  'ResourceNotFoundException',
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidRequestException',
  'InvalidParameterException',
  'UnrecognizedClientException',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'CredentialsProviderError',
]);

function toConjurError(error: unknown, action: string): ConjurError {
  const regionMissing = toRegionMissing(error, action);
  if (regionMissing !== undefined) return regionMissing;
  const name = awsErrorName(error);
  if (REFUSED.has(name)) {
    return new ConjurError(
      'authentication_failed',
      `AWS refused ${action} (${name}). Check the id, the region, and that the role of this process may secretsmanager:GetSecretValue on it (and kms:Decrypt, where it has a key of its own).`,
      { cause: toAwsCause(error) },
    );
  }
  if (isThrottled(name)) {
    return new ConjurError(
      'upstream_unavailable',
      `Secrets Manager is asked too often (${name}) while ${action}. Try again; if it goes on, raise the account's quota.`,
      { cause: toAwsCause(error) },
    );
  }
  return new ConjurError(
    'upstream_unavailable',
    `AWS did not answer (${name}) while ${action}. Check that the network of this process reaches Secrets Manager: a NAT gateway or a VPC endpoint.`,
    { cause: toAwsCause(error) },
  );
}

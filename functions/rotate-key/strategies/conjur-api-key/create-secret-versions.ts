import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  awsErrorName,
  clientPerRegion,
  type SendOptions,
  toClientOptions,
  withinDeadline,
} from '../../../../lib/auth/aws-calls.ts';
import type { Deadline } from '../../../../lib/clock.ts';
import { Secret } from '../../../../lib/secret.ts';
import { toAwsError } from '../../aws-error.ts';
import type { SecretVersions } from './secret-versions.ts';

/**
 * {@link SecretVersions} over AWS's own client. Importing this file loads the AWS SDK, so import it with `await import`.
 * @param given default: one for each region that an ARN names, else of the environment's; `AWS_ENDPOINT_URL_SECRETS_MANAGER` is obeyed
 */
export function createSecretVersions(given?: Pick<SecretsManagerClient, 'send'>): SecretVersions {
  const clientOf = clientPerRegion((region) => given ?? new SecretsManagerClient(toClientOptions(region)));
  return {
    async describe(SecretId, deadline) {
      const answer = await attempt(`describing the secret ${SecretId}`, deadline, (options) =>
        clientOf(SecretId).send(new DescribeSecretCommand({ SecretId }), options),
      );
      return {
        arn: answer.ARN ?? SecretId,
        name: answer.Name ?? SecretId,
        rotationEnabled: answer.RotationEnabled === true,
        stages: new Map(Object.entries(answer.VersionIdsToStages ?? {})),
      };
    },

    async read(SecretId, which, deadline) {
      const version = 'versionId' in which ? { VersionId: which.versionId } : { VersionStage: which.stage };
      const command = new GetSecretValueCommand({ SecretId, ...version });
      const answer = await attempt(
        `reading the secret ${SecretId}`,
        deadline,
        (options) => clientOf(SecretId).send(command, options),
        // The secret itself is known to be there: it was described before. So this says that the version is not, or has no value.
        ['ResourceNotFoundException'],
      );
      const content = answer?.SecretString ?? answer?.SecretBinary;
      if (answer?.VersionId === undefined || content === undefined) return undefined;
      return {
        versionId: answer.VersionId,
        content: Secret.of(content),
        createdAtMs: answer.CreatedDate?.getTime(),
      };
    },

    async putPending(SecretId, { versionId, content, rotationToken }, deadline) {
      const command = new PutSecretValueCommand({
        SecretId,
        ClientRequestToken: versionId,
        SecretString: content.expose(),
        VersionStages: ['AWSPENDING'],
        ...(rotationToken === undefined ? {} : { RotationToken: rotationToken.expose() }),
      });
      const action = `staging a version of the secret ${SecretId}`;
      const send = (options: SendOptions) => clientOf(SecretId).send(command, options);
      return (await attempt(action, deadline, send, ['ResourceExistsException'])) !== undefined;
    },

    async moveCurrent(SecretId, { from, to }, deadline) {
      const command = new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: to,
        RemoveFromVersionId: from,
      });
      const action = `moving AWSCURRENT of the secret ${SecretId}`;
      const send = (options: SendOptions) => clientOf(SecretId).send(command, options);
      return (await attempt(action, deadline, send, ['InvalidParameterException'])) !== undefined;
    },

    async dropPending(SecretId, RemoveFromVersionId, deadline) {
      const action = `taking AWSPENDING off a version of the secret ${SecretId}`;
      const command = new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSPENDING',
        RemoveFromVersionId,
      });
      const send = (options: SendOptions) => clientOf(SecretId).send(command, options);
      return (await attempt(action, deadline, send, ['InvalidParameterException'])) !== undefined;
    },
  };
}

/** @param expected names of exceptions that are an answer too: undefined */
async function attempt<T>(action: string, deadline: Deadline, send: (options: SendOptions) => Promise<T>): Promise<T>;
async function attempt<T>(
  action: string,
  deadline: Deadline,
  send: (options: SendOptions) => Promise<T>,
  expected: readonly string[],
): Promise<T | undefined>;
async function attempt<T>(
  action: string,
  deadline: Deadline,
  send: (options: SendOptions) => Promise<T>,
  expected: readonly string[] = [],
): Promise<T | undefined> {
  try {
    return await withinDeadline(deadline, action, send);
  } catch (error) {
    if (expected.includes(awsErrorName(error))) return undefined;
    throw toAwsError(error, action);
  }
}

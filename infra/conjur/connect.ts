import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsErrorName, clientPerRegion, regionOf, toAwsCause, toClientOptions } from '../../lib/auth/aws-calls.ts';
import { createConjurClient } from '../../lib/client.ts';
import { fromEnv } from '../../lib/env.ts';
import type { FunctionName } from '../build/function-names.ts';
import type { Connection } from './provide-credentials.ts';

export interface ConnectOptions {
  /** Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, or eu-central-1, as in serverless.yml. */
  readonly region: string | undefined;
  /** Of the AWS credentials. Default: as AWS's SDK finds them. */
  readonly awsProfile: string | undefined;
}

/** Conjur and AWS Secrets Manager by the environment. @throws ConjurError `config_invalid` */
export function connect(
  environment: NodeJS.ProcessEnv,
  { region, awsProfile }: ConnectOptions,
): Connection & { close(): Promise<void> } {
  const options = fromEnv(environment);
  const conjur = createConjurClient(options);
  const place = region ?? (environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'eu-central-1');
  const profile = awsProfile === undefined ? {} : { profile: awsProfile };
  const clients: SecretsManagerClient[] = [];
  // An ARN may be of another region.
  const clientOf = clientPerRegion((regionOfSecret) => {
    const client = new SecretsManagerClient({ ...toClientOptions(regionOfSecret ?? place), ...profile });
    clients.push(client);
    return client;
  });
  return {
    conjur,
    account: options.account ?? 'default',
    readSecret: (secretId) => readSecret(clientOf(secretId), secretId, regionOf(secretId) ?? place),
    async putSecret(SecretId, SecretString) {
      await clientOf(SecretId).send(new PutSecretValueCommand({ SecretId, SecretString }));
    },
    async close() {
      for (const client of clients) client.destroy();
      await conjur.close();
    },
  };
}

async function readSecret(aws: SecretsManagerClient, SecretId: string, region: string): Promise<string | undefined> {
  try {
    const { SecretString, SecretBinary } = await aws.send(new GetSecretValueCommand({ SecretId }));
    // The functions take either kind for a credential.
    return SecretString ?? (SecretBinary === undefined ? undefined : Buffer.from(SecretBinary).toString('utf8'));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw unanswered(error, SecretId, region);
  }
  // AWS says the same of a secret without a value and of one that is not there.
  try {
    await aws.send(new DescribeSecretCommand({ SecretId }));
    return undefined;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw unanswered(error, SecretId, region);
    throw new Error(
      `There is no secret ${SecretId} in ${region}. Deploy the stack first, or name the secret by its flag.`,
      {
        cause: error,
      },
    );
  }
}

/** Nothing has been changed by then. The message is AWS's and may quote what it was asked. */
function unanswered(error: unknown, secretId: string, region: string): Error {
  const advice =
    'Check the credentials of this machine (aws sts get-caller-identity, or --aws-profile), its way to AWS, and the rights to secretsmanager:GetSecretValue and secretsmanager:DescribeSecret.';
  return new Error(
    `AWS Secrets Manager in ${region} did not say what ${secretId} holds (${awsErrorName(error)}). ${advice}`,
    { cause: toAwsCause(error) },
  );
}

interface SecretIdFlags {
  readonly 'read-secret-id': string | undefined;
  readonly 'write-secret-id': string | undefined;
  readonly 'rotate-key-id': string | undefined;
}

/** Secrets that the flags name, by function. */
export function toSecretIds(flags: SecretIdFlags): Partial<Record<FunctionName, string>> {
  const given = [
    ['read-secret', flags['read-secret-id']],
    ['write-secret', flags['write-secret-id']],
    ['rotate-key', flags['rotate-key-id']],
  ].filter(([, secretId]) => secretId !== undefined);
  return Object.fromEntries(given) as Partial<Record<FunctionName, string>>;
}

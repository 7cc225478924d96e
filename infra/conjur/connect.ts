import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
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
  const aws = new SecretsManagerClient({
    region: place,
    ...(awsProfile === undefined ? {} : { profile: awsProfile }),
  });
  return {
    conjur,
    account: options.account ?? 'default',
    readSecret: (secretId) => readSecret(aws, secretId, place),
    async putSecret(SecretId, SecretString) {
      await aws.send(new PutSecretValueCommand({ SecretId, SecretString }));
    },
    async close() {
      aws.destroy();
      await conjur.close();
    },
  };
}

async function readSecret(aws: SecretsManagerClient, SecretId: string, region: string): Promise<string | undefined> {
  try {
    return (await aws.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  // AWS says the same of a secret without a value and of one that is not there.
  try {
    await aws.send(new DescribeSecretCommand({ SecretId }));
    return undefined;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new Error(
      `There is no secret ${SecretId} in ${region}. Deploy the stack first, or name the secret by its flag.`,
      {
        cause: error,
      },
    );
  }
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

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Destination, toClientConfig } from './deployed-stack.ts';
import { resourcesOf, type Template } from './template.ts';

/**
 * What only the account tells: Secrets Manager rotates no secret by a function of another account.
 * @returns one sentence for each finding
 */
export async function checkAccount(template: Template, destination: Destination): Promise<string[]> {
  const foreign = resourcesOf(template, 'AWS::SecretsManager::RotationSchedule').flatMap(([, { SecretId }]) => {
    const account =
      typeof SecretId === 'string' ? /^arn:[\w-]+:secretsmanager:[\w-]+:(\d{12}):/.exec(SecretId)?.[1] : undefined;
    return account === undefined ? [] : [{ secretId: String(SecretId), account }];
  });
  if (foreign.length === 0) return [];
  const own = await readAccount(destination);
  return foreign
    .filter(({ account }) => account !== own)
    .map(
      ({ secretId }) =>
        `${secretId} is a secret of another account, and Secrets Manager rotates it by functions of that account only. Leave credential_rotation off, and have it rotated there.`,
    );
}

async function readAccount(destination: Destination): Promise<string | undefined> {
  const client = new STSClient(toClientConfig(destination));
  try {
    return (await client.send(new GetCallerIdentityCommand({}))).Account;
  } finally {
    client.destroy();
  }
}

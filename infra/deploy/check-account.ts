import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Destination, toClientConfig } from './deployed-stack.ts';
import { resourcesOf, type Template } from './template.ts';

/**
 * What only the account tells: Secrets Manager rotates no secret by a function of another account. STS is asked where a secret is named by
 * an ARN, and not otherwise.
 * @param client of STS. Default: one of the destination
 * @returns one sentence for each finding
 * @throws Error where AWS does not say which account it is
 */
export async function checkAccount(
  template: Template,
  destination: Destination,
  client?: Pick<STSClient, 'send'>,
): Promise<string[]> {
  const named = resourcesOf(template, 'AWS::SecretsManager::RotationSchedule').flatMap(([, { SecretId }]) => {
    const account =
      typeof SecretId === 'string' ? /^arn:[\w-]+:secretsmanager:[\w-]+:(\d{12}):/.exec(SecretId)?.[1] : undefined;
    return account === undefined ? [] : [{ secretId: String(SecretId), account }];
  });
  if (named.length === 0) return [];
  const own = await readAccount(client ?? new STSClient(toClientConfig(destination)));
  return named
    .filter(({ account }) => account !== own)
    .map(
      ({ secretId }) =>
        `${secretId} is a secret of another account, and Secrets Manager rotates it by functions of that account only. Leave credential_rotation off, and have it rotated there.`,
    );
}

async function readAccount(client: Pick<STSClient, 'send'>): Promise<string> {
  let reason = 'its answer names none';
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    if (Account !== undefined) return Account;
  } catch (error) {
    reason = error instanceof Error ? error.name : 'unknown';
  }
  throw new Error(
    `AWS STS did not say which account this is (${reason}). Check the credentials of this machine: aws sts get-caller-identity.`,
  );
}

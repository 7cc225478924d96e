import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkAccount } from '../../../../infra/deploy/check-account.ts';
import { toClientConfig } from '../../../../infra/deploy/deployed-stack.ts';
import type { Template } from '../../../../infra/deploy/template.ts';

const DESTINATION = { stackName: 'conjur-functions-test', region: 'eu-central-1', profile: undefined };
const OWN = '111111111111';
const arnOf = (account: string): string =>
  `arn:aws:secretsmanager:eu-central-1:${account}:secret:conjur/credential-AbCdEf`;

function rotating(...secretIds: unknown[]): Template {
  const schedules = secretIds.map((SecretId, index) => [
    `R${index}`,
    { Type: 'AWS::SecretsManager::RotationSchedule', Properties: { SecretId } },
  ]);
  return { Resources: Object.fromEntries(schedules) };
}

/** STS on the loopback, asked by AWS's own client; counts the questions. */
async function startSts(status: number, body: string) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text) => asked.push(String(text)));
    request.on('end', () => response.writeHead(status, { 'content-type': 'text/xml' }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new STSClient({
    ...toClientConfig(DESTINATION),
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { client, asked };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const identity = (account: string): string =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${account}<Arn>arn:aws:iam::${OWN}:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const ACCOUNT = `<Account>${OWN}</Account>`;

describe('the account of a deployment', () => {
  it('is that of the secrets that are rotated, or the deployment is refused by their names', async () => {
    const { client, asked } = await startSts(200, identity(ACCOUNT));
    const foreign = arnOf('222222222222');
    const findings = await checkAccount(
      rotating(arnOf(OWN), foreign, { Ref: 'ConjurCredential' }),
      DESTINATION,
      client,
    );
    expect(findings).toEqual([expect.stringContaining(`${foreign} is a secret of another account`)]);
    expect(await checkAccount(rotating(arnOf(OWN)), DESTINATION, client)).toEqual([]);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toContain('Action=GetCallerIdentity');
  });

  it('is not asked for where no secret is named by an ARN', async () => {
    const { client, asked } = await startSts(500, '');
    const template = rotating('conjur/credential', { Ref: 'ConjurCredential' });
    expect(await checkAccount(template, DESTINATION, client)).toEqual([]);
    expect(await checkAccount({ Resources: {} }, DESTINATION, client)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each([
    [
      'AWS refuses the credentials',
      403,
      '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>canary</Message></Error></ErrorResponse>',
      'ExpiredToken',
    ],
    ['the answer names no account', 200, identity(''), 'names none'],
  ])('is an error that names STS where %s: nothing is guessed', async (_, status, body, reason) => {
    const { client } = await startSts(status, body);
    const thrown = await checkAccount(rotating(arnOf(OWN)), DESTINATION, client).catch((error: Error) => error);
    expect(thrown).toBeInstanceOf(Error);
    expect((thrown as Error).message).toMatch(new RegExp(`AWS STS .*${reason}.*get-caller-identity`));
  });
});

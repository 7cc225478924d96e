import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { startSecretsManager, toToken } from './start-secrets-manager.ts';

const [ONE, TWO, THREE] = [toToken('one'), toToken('two'), toToken('three')];

async function startWithSecret() {
  const { client, server } = await startSecretsManager();
  await client.send(new CreateSecretCommand({ Name: 'app/db', SecretString: 'first', ClientRequestToken: ONE }));
  return { client, server };
}

function put(client: SecretsManagerClient, token: string, value: string, stages?: string[]) {
  return client.send(
    new PutSecretValueCommand({
      SecretId: 'app/db',
      ClientRequestToken: token,
      SecretString: value,
      ...(stages && { VersionStages: stages }),
    }),
  );
}

function get(client: SecretsManagerClient, which: { VersionId?: string; VersionStage?: string } = {}) {
  return client.send(new GetSecretValueCommand({ SecretId: 'app/db', ...which }));
}

async function describeStages(client: SecretsManagerClient) {
  return (await client.send(new DescribeSecretCommand({ SecretId: 'app/db' }))).VersionIdsToStages;
}

describe('values and versions of the local Secrets Manager', () => {
  it('gives a created secret back by name, by ARN and by ARN without its random ending', async () => {
    const { client } = await startWithSecret();
    const { ARN = '' } = await get(client);
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:app\/db-\w{6}$/);
    for (const SecretId of ['app/db', ARN, ARN.slice(0, -7)]) {
      const answer = await client.send(new GetSecretValueCommand({ SecretId }));
      expect(answer).toMatchObject({ SecretString: 'first', VersionId: ONE, VersionStages: ['AWSCURRENT'] });
      expect(answer.CreatedDate?.getTime()).toBeCloseTo(Date.now(), -5);
    }
  });

  it('keeps binary values byte by byte', async () => {
    const { client } = await startSecretsManager();
    const bytes = new Uint8Array([0, 255, 128, 10]);
    await client.send(new CreateSecretCommand({ Name: 'app/db', SecretBinary: bytes, ClientRequestToken: ONE }));
    expect((await get(client)).SecretBinary).toEqual(bytes);
    const again = new CreateSecretCommand({ Name: 'app/db', SecretBinary: bytes, ClientRequestToken: ONE });
    await expect(client.send(again)).resolves.toMatchObject({ VersionId: ONE });
  });

  it('refuses to create a name twice, but answers a repeated creation', async () => {
    const { client } = await startWithSecret();
    const create = (SecretString: string) =>
      client.send(new CreateSecretCommand({ Name: 'app/db', SecretString, ClientRequestToken: ONE }));
    await expect(create('first')).resolves.toMatchObject({ VersionId: ONE });
    await expect(create('other')).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });

  it('makes the previous value AWSPREVIOUS when a new one is put', async () => {
    const { client } = await startWithSecret();
    await expect(put(client, TWO, 'second')).resolves.toMatchObject({ VersionStages: ['AWSCURRENT'] });
    await put(client, THREE, 'third');
    expect(await describeStages(client)).toEqual({ [TWO]: ['AWSPREVIOUS'], [THREE]: ['AWSCURRENT'] });
    expect(await get(client, { VersionId: ONE })).toMatchObject({ SecretString: 'first' });
  });

  it('answers a repeated put without a change, and refuses the same token with another value', async () => {
    const { client } = await startWithSecret();
    await put(client, TWO, 'second', ['AWSPENDING']);
    await expect(put(client, TWO, 'second', ['AWSCURRENT'])).resolves.toMatchObject({ VersionStages: ['AWSPENDING'] });
    await expect(put(client, TWO, 'changed')).rejects.toMatchObject({
      name: 'ResourceExistsException',
      message: expect.stringContaining(`You can't use ClientRequestToken ${TWO}`),
    });
    expect(await get(client, { VersionStage: 'AWSPENDING' })).toMatchObject({ SecretString: 'second' });
    expect(await get(client)).toMatchObject({ SecretString: 'first' });
  });

  it('labels the first version of an empty secret AWSCURRENT whatever was asked', async () => {
    const { client } = await startSecretsManager();
    await client.send(new CreateSecretCommand({ Name: 'app/db' }));
    await expect(get(client)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
    await put(client, ONE, 'first', ['AWSPENDING']);
    expect(await describeStages(client)).toEqual({ [ONE]: ['AWSPENDING', 'AWSCURRENT'] });
  });

  it('tells a secret, a version and a label that are not there, and a version without the label, apart', async () => {
    const { client } = await startWithSecret();
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
    await expect(get(client, { VersionId: TWO })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(get(client, { VersionStage: 'AWSPENDING' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(get(client, { VersionId: ONE, VersionStage: 'AWSPENDING' })).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });

  it('takes 65,536 bytes and not one more, counted in bytes', async () => {
    const { client } = await startWithSecret();
    await expect(put(client, TWO, 'x'.repeat(65_536))).resolves.toBeDefined();
    await expect(put(client, THREE, 'x'.repeat(65_537))).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put(client, THREE, 'ü'.repeat(32_769))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('never repeats a refused value in the error', async () => {
    const { client } = await startWithSecret();
    const error = await put(client, 'short', 'do-not-repeat-me').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('ClientRequestToken'),
    });
    expect(JSON.stringify(error)).not.toContain('do-not-repeat-me');
  });

  it('removes the oldest versions without a label beyond one hundred', async () => {
    const { client } = await startWithSecret();
    for (let n = 1; n <= 105; n++) await put(client, toToken(`v${n}`), `value ${n}`);
    const list = await client.send(
      new ListSecretVersionIdsCommand({ SecretId: 'app/db', IncludeDeprecated: true, MaxResults: 60 }),
    );
    const rest = await client.send(
      new ListSecretVersionIdsCommand({ SecretId: 'app/db', IncludeDeprecated: true, NextToken: list.NextToken }),
    );
    const ids = [...(list.Versions ?? []), ...(rest.Versions ?? [])].map(({ VersionId }) => VersionId);
    expect(ids).toHaveLength(100);
    expect(ids[0]).toBe(toToken('v6'));
    expect(rest.NextToken).toBeUndefined();
    await expect(get(client, { VersionId: ONE })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('staging labels of the local Secrets Manager', () => {
  const move = (
    client: SecretsManagerClient,
    MoveToVersionId?: string,
    RemoveFromVersionId?: string,
    VersionStage = 'AWSCURRENT',
  ) =>
    client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: 'app/db',
        VersionStage,
        ...(MoveToVersionId && { MoveToVersionId }),
        ...(RemoveFromVersionId && { RemoveFromVersionId }),
      }),
    );

  it('moves AWSCURRENT only for a caller who names the version that loses it; AWSPREVIOUS follows', async () => {
    const { client } = await startWithSecret();
    await put(client, TWO, 'second', ['AWSPENDING']);
    await expect(move(client, TWO)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining("RemoveFromVersionId can't be empty"),
    });
    await expect(move(client, TWO, TWO)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(await describeStages(client)).toEqual({ [ONE]: ['AWSCURRENT'], [TWO]: ['AWSPENDING'] });
    await move(client, TWO, ONE);
    expect(await describeStages(client)).toEqual({ [ONE]: ['AWSPREVIOUS'], [TWO]: ['AWSPENDING', 'AWSCURRENT'] });
  });

  it('takes AWSPREVIOUS from a version that becomes current again', async () => {
    const { client } = await startWithSecret();
    await put(client, TWO, 'second');
    await move(client, ONE, TWO);
    expect(await describeStages(client)).toEqual({ [ONE]: ['AWSCURRENT'], [TWO]: ['AWSPREVIOUS'] });
  });

  it('removes any label but AWSCURRENT', async () => {
    const { client } = await startWithSecret();
    await put(client, TWO, 'second', ['AWSPENDING', 'MINE']);
    await move(client, undefined, TWO, 'AWSPENDING');
    expect(await describeStages(client)).toEqual({ [ONE]: ['AWSCURRENT'], [TWO]: ['MINE'] });
    await expect(move(client, undefined, ONE)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(move(client, toToken('none'), ONE)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { RotationFailure } from '../../../../../../infra/local/stand-ins/secrets-manager/rotation/create-rotation-runner.ts';
import type { RotationEvent } from '../../../../../../infra/local/stand-ins/secrets-manager/rotation/rotation-event.ts';
import { startSecretsManager, toToken } from './start-secrets-manager.ts';

const [ONE, TWO, THREE] = [toToken('one'), toToken('two'), toToken('three')];
const RotationLambdaARN = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-key';

/** A stand-in with one secret, whose rotation function does what AWS's template does, or fails at a step. */
async function startRotating(options: { failAt?: string; work?: boolean; pendingInvisibleReads?: number } = {}) {
  const events: RotationEvent[] = [];
  const failures: RotationFailure[] = [];
  const state = { failAt: options.failAt };
  const { client, server } = await startSecretsManager({
    pendingInvisibleReads: options.pendingInvisibleReads ?? 0,
    onRotationFailed: (failure) => failures.push(failure),
    async invokeRotation(event) {
      events.push(event);
      if (event.Step === state.failAt) throw new Error('planned');
      if (options.work !== false) await work(client, event);
    },
  });
  await client.send(new CreateSecretCommand({ Name: 'app/db', SecretString: 'first', ClientRequestToken: ONE }));
  return { client, server, events, failures, state };
}

async function work(client: SecretsManagerClient, { Step, SecretId, ClientRequestToken }: RotationEvent) {
  if (Step === 'createSecret') {
    const VersionStages = ['AWSPENDING'];
    await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: 'new', VersionStages }));
  }
  if (Step === 'finishSecret') {
    const { VersionId } = await client.send(new GetSecretValueCommand({ SecretId }));
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: ClientRequestToken,
        RemoveFromVersionId: VersionId,
      }),
    );
  }
}

function rotate(client: SecretsManagerClient, token: string, more: { RotateImmediately?: boolean } = {}) {
  return client.send(
    new RotateSecretCommand({ SecretId: 'app/db', ClientRequestToken: token, RotationLambdaARN, ...more }),
  );
}

async function describeSecret(client: SecretsManagerClient) {
  return client.send(new DescribeSecretCommand({ SecretId: 'app/db' }));
}

describe('rotation by the local Secrets Manager', () => {
  it('calls the four steps in order and ends with the new value as AWSCURRENT', async () => {
    const { client, server, events } = await startRotating();
    await expect(rotate(client, TWO)).resolves.toMatchObject({ Name: 'app/db', VersionId: TWO });
    await server.rotationsDone();
    expect(events.map(({ Step }) => Step)).toEqual(['createSecret', 'setSecret', 'testSecret', 'finishSecret']);
    const described = await describeSecret(client);
    expect(events[0]).toMatchObject({ SecretId: described.ARN, ClientRequestToken: TWO });
    expect(described).toMatchObject({
      RotationEnabled: true,
      VersionIdsToStages: { [ONE]: ['AWSPREVIOUS'], [TWO]: ['AWSPENDING', 'AWSCURRENT'] },
    });
    expect(described.LastRotatedDate).toBeInstanceOf(Date);
  });

  it('answers before the first step is called, with a version that is AWSPENDING and has no value', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { client, server } = await startSecretsManager({ invokeRotation: () => held });
    await client.send(new CreateSecretCommand({ Name: 'app/db', SecretString: 'first', ClientRequestToken: ONE }));
    await rotate(client, TWO);
    expect((await describeSecret(client)).VersionIdsToStages).toEqual({ [ONE]: ['AWSCURRENT'], [TWO]: ['AWSPENDING'] });
    const read = new GetSecretValueCommand({ SecretId: 'app/db', VersionId: TWO, VersionStage: 'AWSPENDING' });
    await expect(client.send(read)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    release();
    await server.rotationsDone();
  });

  it('does not call the steps after one that failed, refuses the next rotation and tries the old one again', async () => {
    const { client, server, events, failures, state } = await startRotating({ failAt: 'testSecret' });
    await rotate(client, TWO);
    await server.rotationsDone();
    expect(events.map(({ Step }) => Step)).toEqual(['createSecret', 'setSecret', 'testSecret']);
    expect(failures).toMatchObject([{ secretName: 'app/db', step: 'testSecret' }]);
    state.failAt = undefined;
    await expect(rotate(client, THREE)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: "A previous rotation isn't complete. That rotation will be reattempted.",
    });
    await server.rotationsDone();
    expect((await describeSecret(client)).VersionIdsToStages).toMatchObject({ [TWO]: ['AWSPENDING', 'AWSCURRENT'] });
    await expect(rotate(client, THREE)).resolves.toBeDefined();
    await server.rotationsDone();
    expect((await describeSecret(client)).VersionIdsToStages).toEqual({
      [TWO]: ['AWSPREVIOUS'],
      [THREE]: ['AWSPENDING', 'AWSCURRENT'],
    });
  });

  it('repeats an unfinished rotation for the same token, and does nothing for one that is finished', async () => {
    const { client, server, events, state } = await startRotating({ failAt: 'setSecret' });
    await rotate(client, TWO);
    await server.rotationsDone();
    state.failAt = undefined;
    await rotate(client, TWO);
    await server.rotationsDone();
    expect(events).toHaveLength(2 + 4);
    await expect(rotate(client, TWO)).resolves.toMatchObject({ VersionId: TWO });
    await server.rotationsDone();
    expect(events).toHaveLength(2 + 4);
    await expect(rotate(client, ONE)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  it('calls only testSecret when it is not to rotate immediately, and leaves no version behind', async () => {
    const { client, server, events } = await startRotating();
    await rotate(client, TWO, { RotateImmediately: false });
    await server.rotationsDone();
    expect(events.map(({ Step }) => Step)).toEqual(['testSecret']);
    expect(await describeSecret(client)).toMatchObject({
      RotationEnabled: true,
      VersionIdsToStages: { [ONE]: ['AWSCURRENT'] },
    });
    expect(Object.keys((await describeSecret(client)).VersionIdsToStages ?? {})).toEqual([ONE]);
  });

  it('hides a pending value from reads by label for as many reads as asked, never from reads by version id', async () => {
    const { client } = await startRotating({ pendingInvisibleReads: 2 });
    await client.send(
      new PutSecretValueCommand({
        SecretId: 'app/db',
        ClientRequestToken: TWO,
        SecretString: 'new',
        VersionStages: ['AWSPENDING'],
      }),
    );
    const byLabel = () => client.send(new GetSecretValueCommand({ SecretId: 'app/db', VersionStage: 'AWSPENDING' }));
    const byId = () => client.send(new GetSecretValueCommand({ SecretId: 'app/db', VersionId: TWO }));
    await expect(byLabel()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(byId()).resolves.toMatchObject({ SecretString: 'new' });
    await expect(byLabel()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(byLabel()).resolves.toMatchObject({ SecretString: 'new' });
  });

  it('stops a cancelled rotation after the step that is running', async () => {
    const { client, server } = await startSecretsManager({
      async invokeRotation() {
        steps += 1;
        await client.send(new CancelRotateSecretCommand({ SecretId: 'app/db' }));
      },
    });
    let steps = 0;
    await client.send(new CreateSecretCommand({ Name: 'app/db', SecretString: 'first', ClientRequestToken: ONE }));
    await rotate(client, TWO);
    await server.rotationsDone();
    await expect.poll(async () => (await describeSecret(client)).RotationEnabled, { timeout: 10_000 }).toBe(false);
    expect(steps).toBe(1);
    expect((await describeSecret(client)).VersionIdsToStages).toMatchObject({ [TWO]: ['AWSPENDING'] });
  });

  it('refuses to rotate without a function, or without a way to call one', async () => {
    const { client } = await startSecretsManager();
    await client.send(new CreateSecretCommand({ Name: 'app/db', SecretString: 'first', ClientRequestToken: ONE }));
    await expect(client.send(new RotateSecretCommand({ SecretId: 'app/db' }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    await expect(rotate(client, TWO)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect((await describeSecret(client)).VersionIdsToStages).toEqual({ [ONE]: ['AWSCURRENT'] });
  });
});

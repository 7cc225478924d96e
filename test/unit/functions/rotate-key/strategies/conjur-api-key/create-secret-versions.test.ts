import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSecretVersions } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/create-secret-versions.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';

function clientThat(answer: () => unknown) {
  const sent: { input: Record<string, unknown> }[] = [];
  const send = async (command: { input: Record<string, unknown> }) => {
    sent.push(command);
    return answer();
  };
  return { sent, client: { send: send as unknown as SecretsManagerClient['send'] } };
}

function exception(name: string, more: object = {}): () => never {
  return () => {
    throw Object.assign(new Error(`about sesame`), { name, ...more });
  };
}

const deadline = new Deadline(new FakeClock(), 10_000);
const toPut = { versionId: 'v2', content: Secret.of('content'), rotationToken: Secret.of('rotation-token') };

describe('the versions of a secret', () => {
  it('are staged with the rotation token that Secrets Manager sent', async () => {
    const { client, sent } = clientThat(() => ({}));
    expect(await createSecretVersions(client).putPending('app', toPut, deadline)).toBe(true);
    expect(sent[0]?.input).toEqual({
      SecretId: 'app',
      ClientRequestToken: 'v2',
      SecretString: 'content',
      VersionStages: ['AWSPENDING'],
      RotationToken: 'rotation-token',
    });
  });

  it('are written once: another value under the same id is told', async () => {
    const { client } = clientThat(exception('ResourceExistsException', { $fault: 'client' }));
    expect(await createSecretVersions(client).putPending('app', toPut, deadline)).toBe(false);
  });

  it('give AWSCURRENT away only from the version that has it', async () => {
    const { client, sent } = clientThat(exception('InvalidParameterException', { $fault: 'client' }));
    expect(await createSecretVersions(client).moveCurrent('app', { from: 'v1', to: 'v2' }, deadline)).toBe(false);
    expect(sent[0]?.input).toMatchObject({
      MoveToVersionId: 'v2',
      RemoveFromVersionId: 'v1',
      VersionStage: 'AWSCURRENT',
    });
  });

  it('may be missing, or without a value', async () => {
    const missing = clientThat(exception('ResourceNotFoundException', { $fault: 'client' })).client;
    expect(await createSecretVersions(missing).read('app', { versionId: 'v2' }, deadline)).toBeUndefined();
    const empty = clientThat(() => ({ VersionId: 'v2' })).client;
    expect(await createSecretVersions(empty).read('app', { versionId: 'v2' }, deadline)).toBeUndefined();
  });
});

it('a secret is described by what AWS says, and by what it was asked for where AWS says nothing', async () => {
  const stages = { v1: ['AWSCURRENT'] };
  const full = { ARN: 'arn', Name: 'app', RotationEnabled: true, VersionIdsToStages: stages };
  const describeBy = (answer: object) => createSecretVersions(clientThat(() => answer).client).describe('id', deadline);
  expect(await describeBy(full)).toEqual({
    arn: 'arn',
    name: 'app',
    rotationEnabled: true,
    stages: new Map(Object.entries(stages)),
  });
  expect(await describeBy({})).toEqual({ arn: 'id', name: 'id', rotationEnabled: false, stages: new Map() });
});

describe('a version', () => {
  it.each([
    [{ versionId: 'v1' }, { SecretId: 'app', VersionId: 'v1' }],
    [{ stage: 'AWSPREVIOUS' }, { SecretId: 'app', VersionStage: 'AWSPREVIOUS' }],
  ] as const)('is read by its id or its label: %j', async (which, input) => {
    const { client, sent } = clientThat(() => ({ VersionId: 'v1', SecretString: 'text' }));
    const version = await createSecretVersions(client).read('app', which, deadline);
    expect(version?.content.expose()).toBe('text');
    expect(sent[0]?.input).toEqual(input);
  });

  it('may hold bytes', async () => {
    const { client } = clientThat(() => ({ VersionId: 'v1', SecretBinary: Buffer.from('bytes') }));
    const version = await createSecretVersions(client).read('app', { versionId: 'v1' }, deadline);
    expect(version?.content.expose()).toBe('bytes');
  });

  it('is none without an id', async () => {
    const { client } = clientThat(() => ({ SecretString: 'text' }));
    expect(await createSecretVersions(client).read('app', { versionId: 'v1' }, deadline)).toBeUndefined();
  });

  it('is staged without a rotation token where none was sent', async () => {
    const { client, sent } = clientThat(() => ({}));
    await createSecretVersions(client).putPending('app', { ...toPut, rotationToken: undefined }, deadline);
    expect(sent[0]?.input).not.toHaveProperty('RotationToken');
  });

  it('loses AWSPENDING only where it has it', async () => {
    const { client, sent } = clientThat(() => ({}));
    expect(await createSecretVersions(client).dropPending('app', 'v2', deadline)).toBe(true);
    expect(sent[0]?.input).toEqual({ SecretId: 'app', VersionStage: 'AWSPENDING', RemoveFromVersionId: 'v2' });
    const without = clientThat(exception('InvalidParameterException', { $fault: 'client' })).client;
    expect(await createSecretVersions(without).dropPending('app', 'v2', deadline)).toBe(false);
  });
});

it("AWS's own client is used where none is given", async () => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', 'http://127.0.0.1:1');
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(createSecretVersions().describe('app', deadline)).rejects.toMatchObject({
    code: 'upstream_unavailable',
    message: expect.not.stringContaining('TypeError'),
  });
});

describe('what AWS refuses', () => {
  it('is told with what was being done', async () => {
    const { client } = clientThat(exception('AccessDeniedException', { $fault: 'client' }));
    await expect(createSecretVersions(client).describe('app', deadline)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('describing the secret app'),
    });
  });

  it('after the deadline becomes deadline_exceeded', async () => {
    const { client } = clientThat(exception('AbortError'));
    const over = new Deadline(new FakeClock(), 0);
    await expect(createSecretVersions(client).describe('app', over)).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
  });
});

it.each([
  [new Date(1_770_000_000_000), 1_770_000_000_000],
  [undefined, undefined],
])('a version made at %s is told as one of %s', async (CreatedDate, createdAtMs) => {
  const { client } = clientThat(() => ({ VersionId: 'v1', SecretString: 'content', CreatedDate }));
  const version = await createSecretVersions(client).read('app', { versionId: 'v1' }, deadline);
  expect(version).toMatchObject({ versionId: 'v1', createdAtMs });
});

import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
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

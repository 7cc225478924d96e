import { PutSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPairs,
  logsIn,
  readCredential,
  readStages,
  type StoredCredential,
  versionWith,
} from './support/credentials.ts';
import { startProcess } from './support/process.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.close());

const rotate = (secret: string) => startProcess(world).invoke({ strategy: 'conjur-api-key', secret_id: secret });

async function current(secret: string): Promise<StoredCredential> {
  const credential = await readCredential(world, secret, 'AWSCURRENT');
  if (credential === undefined) throw new Error('There is no credential.');
  return credential;
}

/** The operator gives the host in use a new key, and notes why. */
async function replaceByHand(secret: string): Promise<void> {
  const credential = await current(secret);
  const apiKey = await world.admin.rotateApiKeyOf(credential.username.replace('host/', 'host:'));
  const content = { ...credential, api_key: apiKey.expose(), note: 'the old key leaked' };
  await world.aws.send(new PutSecretValueCommand({ SecretId: secret, SecretString: JSON.stringify(content) }));
}

describe('a left-over AWSPENDING', () => {
  it('is not left over: finishSecret takes it off', async () => {
    await createPairs(world, ['finished'], 'finished');
    await rotate('finished');
    expect(Object.values(await readStages(world, 'finished')).flat()).not.toContain('AWSPENDING');
  });

  it.each([
    ['leaked', 1],
    ['long-gone', 2],
  ])(
    "does not put %s, which an operator has replaced %i times, back into use, and keeps the operator's fields",
    async (secret, times) => {
      await createPairs(world, [secret], secret);
      await rotate(secret);
      const leaked = await current(secret);
      // As versions of this project left it that did not take it off.
      const MoveToVersionId = (await versionWith(world, secret, 'AWSCURRENT')) ?? '';
      const label = { SecretId: secret, VersionStage: 'AWSPENDING', MoveToVersionId };
      await world.aws.send(new UpdateSecretVersionStageCommand(label));
      for (let time = 0; time < times; time += 1) await replaceByHand(secret);

      await rotate(secret);

      const now = await current(secret);
      expect(now).toMatchObject({ note: 'the old key leaked' });
      expect(now.api_key).not.toBe(leaked.api_key);
      expect(await logsIn(world, now)).toBe(true);
    },
  );
});

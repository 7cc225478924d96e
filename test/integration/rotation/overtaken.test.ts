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
import { type Exchange, exchangeBy } from './support/exchange.ts';
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

describe('a login that something else than the key has failed', () => {
  const refusals: readonly [string, () => ReturnType<Exchange>][] = [
    ['a firewall', async () => ({ status: 403, headers: {}, body: Buffer.from('{"message":"Forbidden"}') })],
    [
      'a server that does not like the client certificate',
      () => Promise.reject(Object.assign(new Error('alert'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' })),
    ],
  ];

  it('asks twice before it heals the pair: a node that lags behind, or something in front, refuses a good key once', async () => {
    await createPairs(world, ['once'], 'once');
    await rotate('once');
    const inUse = await current('once');
    const send = exchangeBy(world.dispatcher);
    let refused = 0;
    const exchange: Exchange = async (request) => {
      if (!request.path.endsWith('/authenticate') || refused > 0) return send(request);
      refused += 1;
      return { status: 401, headers: {}, body: Buffer.alloc(0) };
    };
    await startProcess(world, undefined, { exchange }).invoke({ strategy: 'conjur-api-key', secret_id: 'once' });
    expect(refused).toBe(1);
    expect(await logsIn(world, inUse)).toBe(true);
    expect((await current('once')).username).not.toBe(inUse.username);
  });

  it.each(refusals)('does not let the other host of the pair kill the key in use: %s', async (who, refuse) => {
    const secret = who.replaceAll(' ', '-');
    await createPairs(world, [secret], secret);
    // From now on the key before it is alive too.
    await rotate(secret);
    const inUse = await current(secret);
    const send = exchangeBy(world.dispatcher);
    let refused = 0;
    const exchange: Exchange = (request) => {
      const isLogin =
        request.path.includes(encodeURIComponent(inUse.username)) && request.path.endsWith('/authenticate');
      if (!isLogin || refused > 0) return send(request);
      refused += 1;
      return refuse();
    };
    const call = startProcess(world, undefined, { exchange }).invoke({ strategy: 'conjur-api-key', secret_id: secret });
    await expect(call).rejects.toMatchObject({ code: 'authentication_failed' });
    expect(refused).toBe(1);
    expect(await logsIn(world, inUse)).toBe(true);
    expect(await current(secret)).toEqual(inUse);
    // Nothing was begun, and nothing is left behind.
    await rotate(secret);
    expect(await logsIn(world, inUse)).toBe(true);
  });
});

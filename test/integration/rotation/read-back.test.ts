import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { createPairs, logsIn, readCredential } from './support/credentials.ts';
import { EMPTY_ANSWER, type Exchange, exchangeBy } from './support/exchange.ts';
import { startProcess } from './support/process.ts';
import { createVariables, read } from './support/variable-scenarios.ts';
import { createVirtualKeys, isCurrent, toFirstKey } from './support/virtual-key-scenarios.ts';
import { startWorld, type World } from './support/world.ts';

/** What a store does to a write that it says it has taken. */
type Tampering = 'drops' | 'alters' | 'keeps half of';

const TAMPERINGS: readonly Tampering[] = ['drops', 'alters', 'keeps half of'];

let world: World;
let names = 0;

/** No two tests share anything. */
function nextName(kind: string): string {
  names += 1;
  return `${kind}-${names}`;
}

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.close());

async function createVariable(): Promise<string> {
  const branch = nextName('variable');
  await createVariables(world, branch, ['secret']);
  return `${branch}/secret`;
}

/** Stands before Conjur, and tampers with the writes to one variable. */
function tamperWith(variable: string, tampering: Tampering): Exchange {
  const send = exchangeBy(world.dispatcher);
  return async (request) => {
    const isWrite = request.method === 'POST' && request.path.endsWith(encodeURIComponent(variable));
    if (!isWrite) return send(request);
    if (tampering === 'drops') return { status: 201, ...EMPTY_ANSWER };
    return send({ ...request, body: tamper(request.body, tampering) });
  };
}

function tamper(body: unknown, tampering: Tampering): Buffer {
  const bytes = Buffer.from(body as Uint8Array);
  return tampering === 'alters' ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes.subarray(0, bytes.length / 2);
}

describe.each(TAMPERINGS)('a Conjur that %s the write', (tampering) => {
  it.each([
    ['random', {}],
    ['supplied', { new_value: 'brought along' }],
  ])('makes the strategy %s fail loudly', async (strategy, more) => {
    const variable = await createVariable();
    const { invoke } = startProcess(world, undefined, { exchange: tamperWith(variable, tampering) });
    await expect(invoke({ name: variable, strategy, ...more })).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('is not the one that Conjur gives back'),
    });
  });

  it('leaves the old name alone where the new one did not get the value', async () => {
    const variable = await createVariable();
    const renamed = await createVariable();
    const settings = { allowDelete: true };
    const { invoke } = startProcess(world, undefined, { settings, exchange: tamperWith(renamed, tampering) });
    const call = { name: variable, strategy: 'supplied', new_value: 'brought along', new_name: renamed };
    await expect(invoke(call)).rejects.toMatchObject({ code: 'upstream_error' });
    expect(await read(world, variable)).toBe('old');
  });

  it('lets no virtual key be replaced by one that could not be staged', async () => {
    const name = nextName('staged');
    await createVirtualKeys(world, [name], name);
    const { invoke } = startProcess(world, undefined, {
      exchange: tamperWith(`${name}/${name}.pending`, tampering),
    });
    await expect(invoke({ name: `${name}/${name}`, strategy: 'litellm-virtual-key' })).rejects.toMatchObject({
      code: 'upstream_error',
    });
    expect(await isCurrent(world, toFirstKey(name)), 'the old key was not replaced').toBe(true);
  });

  it('makes the promotion of a virtual key fail loudly, with the live key in the pending variable', async () => {
    const name = nextName('promoted');
    await createVirtualKeys(world, [name], name);
    const { invoke } = startProcess(world, undefined, { exchange: tamperWith(`${name}/${name}`, tampering) });
    await expect(invoke({ name: `${name}/${name}`, strategy: 'litellm-virtual-key' })).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining(`"${name}/${name}.pending"`),
    });
    expect(await isCurrent(world, await read(world, `${name}/${name}.pending`))).toBe(true);
    await startProcess(world).invoke({ name: `${name}/${name}`, strategy: 'litellm-virtual-key' });
    expect(await isCurrent(world, await read(world, `${name}/${name}`))).toBe(true);
  });
});

describe.each(TAMPERINGS)('a Secrets Manager that %s the write', (tampering) => {
  it('keeps the old credential in use', async () => {
    const name = nextName('credential');
    await createPairs(world, [name], name);
    const first = await readCredential(world, name, 'AWSCURRENT');
    const { invoke } = startProcess(world, undefined, { aws: tamperWithSecrets(tampering) });
    await expect(invoke({ strategy: 'conjur-api-key', secret_id: name })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:authentication_failed|config_invalid|invalid_request)$/),
    });
    expect(await readCredential(world, name, 'AWSCURRENT')).toEqual(first);
    expect(await logsIn(world, first)).toBe(true);
  });
});

function tamperWithSecrets(tampering: Tampering): Pick<SecretsManagerClient, 'send'> {
  const send = async (command: unknown, options: unknown): Promise<unknown> => {
    if (command instanceof PutSecretValueCommand) {
      if (tampering === 'drops') return { VersionId: command.input.ClientRequestToken };
      const text = command.input.SecretString ?? '';
      const SecretString = tampering === 'alters' ? text.replace(/"api_key":"/, '$&x') : text.slice(0, text.length / 2);
      return world.aws.send(new PutSecretValueCommand({ ...command.input, SecretString }));
    }
    return world.aws.send(command as never, options as never);
  };
  return { send: send as SecretsManagerClient['send'] };
}

describe('a follower that is behind', () => {
  it('is not what the value is read back from', async () => {
    const follower = await createLocalConjur();
    try {
      const variable = await createVariable();
      const settings = { readBaseUrls: [new URL(follower.url)] };
      const answer = await startProcess(world, undefined, { settings }).invoke({ name: variable, strategy: 'random' });
      expect(await read(world, variable)).toBe(answer.kind === 'rotation' ? answer.value?.expose() : '');
    } finally {
      await follower.close();
    }
  });
});

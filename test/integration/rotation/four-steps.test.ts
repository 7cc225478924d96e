import { randomUUID } from 'node:crypto';
import {
  CancelRotateSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StepAnswer } from '../../../functions/rotate-key/rotate.ts';
import { Secret } from '../../../lib/secret.ts';
import {
  createPairs,
  createSingles,
  logsIn,
  ROTATION_FUNCTION,
  readCredential,
  readStages,
  rotateByFourSteps,
  type StoredCredential,
  versionWith,
} from './support/credentials.ts';
import { type RotateKeyProcess, startProcess } from './support/process.ts';
import { startWorld, type World } from './support/world.ts';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
type Step = (typeof STEPS)[number];

let world: World;
let process: RotateKeyProcess;
let secret: string;
/** The version that a rotation was begun for, as Secrets Manager begins one: AWSPENDING, without a value. */
let token: string;
/** AWSCURRENT before the rotation. */
let first: StoredCredential | undefined;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.close());

beforeEach(async () => {
  secret = `secret-${randomUUID()}`;
  token = randomUUID();
  await createPairs(world, [secret], secret);
  first = await readCredential(world, secret, 'AWSCURRENT');
  await reserve(token);
  process = startProcess(world);
});

async function reserve(version: string): Promise<void> {
  world.setRotationFunction(async () => undefined);
  await rotateByFourSteps(world, secret, version);
}

async function call(step: Step, version = token): Promise<StepAnswer> {
  const event = { Step: step, SecretId: secret, ClientRequestToken: version, RotationToken: 'opaque' };
  return (await process.invoke(event)) as StepAnswer;
}

const current = () => readCredential(world, secret, 'AWSCURRENT');
const pending = () => readCredential(world, secret, 'AWSPENDING');
const admin = (login: string) => world.admin.rotateApiKeyOf(login.replace('host/', 'host:'));

describe("Secrets Manager's four steps", () => {
  it('in order put the other host into use, and the first one stays alive', async () => {
    for (const step of STEPS) expect(await call(step)).toMatchObject({ kind: 'step', step, outcome: 'done' });
    expect(await versionWith(world, secret, 'AWSCURRENT')).toBe(token);
    expect((await current())?.username).toBe(first?.hosts?.[1]);
    expect(await logsIn(world, await current())).toBe(true);
    expect(await readCredential(world, secret, 'AWSPREVIOUS')).toEqual(first);
    expect(await logsIn(world, first)).toBe(true);
  });

  it('called twice each change nothing the second time', async () => {
    await call('createSecret');
    const staged = await pending();
    expect(await call('createSecret')).toMatchObject({ outcome: 'done' });
    expect(await pending()).toEqual(staged);
    for (const step of ['setSecret', 'setSecret', 'testSecret', 'testSecret', 'finishSecret'] as const)
      await call(step);
    const stages = await readStages(world, secret);
    expect(await call('finishSecret')).toMatchObject({ outcome: 'already_current' });
    expect(await readStages(world, secret)).toEqual(stages);
    expect(await current()).toEqual(staged);
    expect(await logsIn(world, staged)).toBe(true);
  });

  it('do nothing for a token that is AWSCURRENT already, and do not even ask Conjur', async () => {
    for (const step of STEPS) await call(step);
    const stages = await readStages(world, secret);
    process = startProcess(world);
    for (const step of STEPS) expect(await call(step)).toMatchObject({ step, outcome: 'already_current' });
    expect(await readStages(world, secret)).toEqual(stages);
    expect(process.gate.calls.map(({ name }) => name)).toEqual(STEPS.map(() => 'DescribeSecret'));
  });

  it.each(STEPS)('refuse a token that is no version of the secret (%s)', async (step) => {
    await expect(call(step, randomUUID())).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('has no version'),
    });
    expect(await current()).toEqual(first);
  });

  it.each(STEPS)('refuse a token whose version is AWSPREVIOUS, not AWSPENDING (%s)', async (step) => {
    for (const each of STEPS) await call(each);
    const stale = await versionWith(world, secret, 'AWSPREVIOUS');
    await expect(call(step, stale)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('AWSPENDING'),
    });
    expect(await versionWith(world, secret, 'AWSCURRENT')).toBe(token);
  });

  it.each(STEPS)('refuse a secret whose rotation is off (%s)', async (step) => {
    await world.aws.send(new CancelRotateSecretCommand({ SecretId: secret }));
    await expect(call(step)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('rotation'),
    });
    expect(process.gate.calls).toHaveLength(1);
  });

  it('out of order: finishSecret before createSecret is refused and moves nothing', async () => {
    await expect(call('finishSecret')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await current()).toEqual(first);
    for (const step of STEPS) await call(step);
    expect(await versionWith(world, secret, 'AWSCURRENT')).toBe(token);
  });

  it('out of order: testSecret before createSecret tests the credential in use, and changes nothing', async () => {
    expect(await call('testSecret')).toMatchObject({ outcome: 'done' });
    expect(await pending()).toBeUndefined();
    await admin(first?.username ?? '');
    await expect(call('testSecret')).rejects.toMatchObject({ code: 'authentication_failed' });
  });

  it('out of order: finishSecret without testSecret tests the key itself', async () => {
    await call('createSecret');
    await admin((await pending())?.username ?? '');
    await expect(call('finishSecret')).rejects.toMatchObject({ code: 'authentication_failed' });
    expect(await current()).toEqual(first);
  });

  it('out of order: createSecret after finishSecret makes no further key', async () => {
    for (const step of STEPS) await call(step);
    const finished = await current();
    expect(await call('createSecret')).toMatchObject({ outcome: 'already_current' });
    expect(await logsIn(world, finished)).toBe(true);
  });

  it('end the rotation as another version where the staged key has died, and say so', async () => {
    await call('createSecret');
    await admin((await pending())?.username ?? '');
    await expect(call('testSecret')).rejects.toMatchObject({ code: 'authentication_failed' });
    await expect(call('createSecret')).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('is AWSCURRENT now'),
    });
    expect(await versionWith(world, secret, 'AWSCURRENT')).not.toBe(token);
    expect((await current())?.username).toBe(first?.hosts?.[1]);
    expect(await logsIn(world, await current())).toBe(true);
    expect(await logsIn(world, first), 'the key that readers hold was not touched').toBe(true);
    world.setRotationFunction((event) => process.invoke(event));
    const next = randomUUID();
    await rotateByFourSteps(world, secret, next);
    expect(await versionWith(world, secret, 'AWSCURRENT')).toBe(next);
  });

  it('heal a pair whose key in use is dead, by the other host', async () => {
    for (const step of STEPS) await call(step);
    await admin((await current())?.username ?? '');
    world.setRotationFunction((event) => process.invoke(event));
    const next = randomUUID();
    await rotateByFourSteps(world, secret, next);
    expect(await versionWith(world, secret, 'AWSCURRENT')).toBe(next);
    expect(await logsIn(world, await current())).toBe(true);
  });

  it('say what to do where both hosts of the pair are locked out', async () => {
    await admin(first?.username ?? '');
    await expect(call('createSecret')).rejects.toMatchObject({
      code: 'authentication_failed',
      message: expect.stringContaining('by hand'),
    });
    expect(await pending()).toBeUndefined();
  });

  it('do not put a key into use that cannot read the canary', async () => {
    await call('createSecret');
    const host = (await pending())?.username.replace('host/', '') ?? '';
    const canary = first?.canary ?? '';
    const denial = `- !deny { role: !host ${host}, privileges: [read, execute], resource: !variable ${canary} }`;
    await world.admin.loadPolicy('root', denial, { mode: 'update' });
    await expect(call('testSecret')).rejects.toMatchObject({ code: 'secret_not_found' });
    await expect(call('finishSecret')).rejects.toMatchObject({ code: 'secret_not_found' });
    expect(await current()).toEqual(first);
  });

  it('report the age of the key in use, also where the rotation then fails', async () => {
    await admin(first?.username ?? '');
    await expect(call('createSecret')).rejects.toThrow();
    const age = process.metrics.find((metrics) => 'OldestKeyAge' in metrics)?.OldestKeyAge;
    expect(age).toEqual({ value: expect.toSatisfy((value: number) => value >= 0 && value < 60), unit: 'Seconds' });
    expect(process.metrics.at(-1)).toMatchObject({ RotationFailed: { value: 1 }, RotationSucceeded: { value: 0 } });
  });
});

describe('RotateSecret', () => {
  it('with RotateImmediately: false has only testSecret called, which passes for a credential that works', async () => {
    const called: string[] = [];
    const outcomes: unknown[] = [];
    const name = `tested-${secret}`;
    await createPairs(world, [name], name);
    world.setRotationFunction(async (event) => {
      called.push(event.Step);
      outcomes.push(await process.invoke(event));
    });
    await world.aws.send(
      new RotateSecretCommand({
        SecretId: name,
        ClientRequestToken: randomUUID(),
        RotationLambdaARN: ROTATION_FUNCTION,
        RotateImmediately: false,
      }),
    );
    await world.secretsManager.rotationsDone();
    expect(called).toEqual(['testSecret']);
    expect(outcomes).toMatchObject([{ outcome: 'done' }]);
    expect(await logsIn(world, await readCredential(world, name, 'AWSCURRENT'))).toBe(true);
  });
});

describe('a single host', () => {
  it('is rotated by the identity of the function', async () => {
    const name = `single-${secret}`;
    await createSingles(world, [name], name);
    const before = await readCredential(world, name, 'AWSCURRENT');
    world.setRotationFunction((event) => process.invoke(event));
    const version = randomUUID();
    await rotateByFourSteps(world, name, version);
    expect(await versionWith(world, name, 'AWSCURRENT')).toBe(version);
    expect(await logsIn(world, await readCredential(world, name, 'AWSCURRENT'))).toBe(true);
    expect(await logsIn(world, before)).toBe(false);
  });

  it('is not rotated by itself, since a lost answer would lose the key', async () => {
    const name = `itself-${secret}`;
    await createSingles(world, [name], name);
    const own = await readCredential(world, name, 'AWSCURRENT');
    const auth = { type: 'api-key', login: own?.username ?? '', apiKey: Secret.of(own?.api_key ?? '') } as const;
    const settings = { auth: { ...auth, apiKeySecretId: undefined } };
    await expect(
      startProcess(world, undefined, { settings }).invoke({ strategy: 'conjur-api-key', secret_id: name }),
    ).rejects.toMatchObject({ code: 'config_invalid', message: expect.stringContaining('another identity') });
    expect(await logsIn(world, own)).toBe(true);
  });
});

describe('a direct call', () => {
  it('rotates a secret that Secrets Manager does not rotate, and answers with the version', async () => {
    const name = `direct-${secret}`;
    await createPairs(world, [name], name);
    const answer = await process.invoke({ strategy: 'conjur-api-key', secret_id: name });
    expect(answer).toMatchObject({
      name,
      strategy: 'conjur-api-key',
      version: await versionWith(world, name, 'AWSCURRENT'),
    });
    expect((await readCredential(world, name, 'AWSCURRENT'))?.username).toMatch(/green$/);
  });

  it('goes on with a rotation that Secrets Manager has begun', async () => {
    await call('createSecret');
    const answer = await process.invoke({ strategy: 'conjur-api-key', name: secret });
    expect(answer).toMatchObject({ version: token });
    expect(await versionWith(world, secret, 'AWSCURRENT')).toBe(token);
  });

  it('keeps the fields of the secret that are not its own', async () => {
    const name = `fields-${secret}`;
    await createPairs(world, [name], name, { note: 'mine', rank: 3 });
    await process.invoke({ strategy: 'conjur-api-key', secret_id: name });
    expect(await readCredential(world, name, 'AWSCURRENT')).toMatchObject({ note: 'mine', rank: 3 });
  });

  it('for a secret that is not there says so', async () => {
    await expect(process.invoke({ strategy: 'conjur-api-key', secret_id: 'nowhere' })).rejects.toMatchObject({
      code: 'secret_not_found',
    });
  });
});

describe('a step that is delivered late', () => {
  it.each(STEPS)('%s, after its rotation is finished, changes nothing', async (step) => {
    for (const one of STEPS) await call(one);
    const before = await readStages(world, secret);
    const inUse = await current();
    expect(await call(step)).toMatchObject({ outcome: 'already_current' });
    expect(await readStages(world, secret)).toEqual(before);
    expect(await current()).toEqual(inUse);
    expect(await logsIn(world, inUse)).toBe(true);
    expect(await logsIn(world, first), 'the other host keeps its key').toBe(true);
  });

  it.each(STEPS)('%s, after the rotation that came next, is refused and kills no key', async (step) => {
    for (const one of STEPS) await call(one);
    const next = randomUUID();
    await reserve(next);
    for (const one of STEPS) await call(one, next);
    const inUse = await current();
    await expect(call(step)).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await current()).toEqual(inUse);
    expect(await logsIn(world, inUse)).toBe(true);
    expect(await logsIn(world, await readCredential(world, secret, 'AWSPREVIOUS'))).toBe(true);
  });

  it.each(STEPS)('%s for a version that was in use and still has the label is refused', async (step) => {
    for (const one of STEPS) await call(one);
    const label = { SecretId: secret, VersionStage: 'AWSPENDING', MoveToVersionId: token };
    await world.aws.send(new UpdateSecretVersionStageCommand(label));
    const content = JSON.stringify({ ...(await current()), note: 'the operator was here' });
    await world.aws.send(new PutSecretValueCommand({ SecretId: secret, SecretString: content }));
    await expect(call(step)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('does not get it back'),
    });
    expect(await current()).toMatchObject({ note: 'the operator was here' });
  });
});

it.each(['read_only', 'write_only'] as const)('no step is done where the access mode is %s', async (accessMode) => {
  const { keyManagement } = world.settings;
  const settings = { keyManagement: { ...keyManagement, accessMode } };
  process = startProcess(world, undefined, { settings });
  await expect(call('createSecret')).rejects.toMatchObject({ code: 'access_mode_denied' });
  expect(await logsIn(world, first)).toBe(true);
  expect(await pending()).toBeUndefined();
});

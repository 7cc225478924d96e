import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDirect, toDirect } from '../../../functions/rotate-key/api.ts';
import { createPairs, readCredential } from './support/credentials.ts';
import { startProcess } from './support/process.ts';
import { startWorld, type World } from './support/world.ts';

const DAY_MS = 86_400_000;
const CALL = { key_age: { secret_id: 'credential' } };

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await createPairs(world, ['credential']);
});

afterAll(() => world.close());

it('the age of the key in use is reported, though nothing is rotated', async () => {
  const before = await readCredential(world, 'credential', 'AWSCURRENT');
  const clock = { now: () => Date.now() + 40 * DAY_MS, sleep: async () => undefined };
  const process = startProcess(world, undefined, { ports: { clock } });
  const answer = toDirect(parseDirect(CALL), await process.invoke(CALL)) as { name: string; age_seconds: number };
  expect(answer.name).toBe('credential');
  expect(Math.abs(answer.age_seconds - 40 * 86_400)).toBeLessThan(120);
  expect(process.metrics).toEqual([{ OldestKeyAge: { value: answer.age_seconds, unit: 'Seconds' } }]);
  expect(process.dimensions).toEqual([{ secret: 'credential' }]);
  expect(await readCredential(world, 'credential', 'AWSCURRENT')).toEqual(before);
});

it('a secret that is not there is said to be missing, and is no failed rotation', async () => {
  const process = startProcess(world);
  await expect(process.invoke({ key_age: { secret_id: 'nothing' } })).rejects.toMatchObject({
    code: 'secret_not_found',
  });
  expect(process.metrics).toEqual([]);
});

it('a call without a secret says what to give', async () => {
  const process = startProcess(world, undefined, { settings: { credentialSecretId: undefined } });
  await expect(process.invoke({ key_age: {} })).rejects.toMatchObject({ code: 'invalid_request' });
  expect(() => parseDirect({ key_age: { secretId: 'credential' } })).toThrow('unknown field');
});

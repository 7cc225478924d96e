import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnectAs } from '../../../functions/rotate-key/create-deps.ts';
import { isConjurError } from '../../../lib/errors.ts';
import { Secret } from '../../../lib/secret.ts';
import { Gate } from './support/gate.ts';
import { startProcess } from './support/process.ts';
import { Scheduler } from './support/scheduler.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.close());

async function storedIn(name: string): Promise<string | undefined> {
  try {
    return (await world.admin.readSecret(name, { fromLeader: true })).value.expose();
  } catch (error) {
    if (isConjurError(error, 'secret_not_found')) return undefined;
    throw error;
  }
}

const settings = { allowDelete: true };
const rename = (from: string, to: string, value: string) =>
  ({ name: from, strategy: 'supplied', new_value: value, new_name: to }) as const;

describe('two opposite renames at once', () => {
  it('leave a value in one of the two names, however their calls are interleaved, and report what is true', async () => {
    for (let seed = 0; seed < 12; seed += 1) {
      const [a, b] = [`rename-${seed}/a`, `rename-${seed}/b`];
      for (const name of [a, b]) await world.admin.writeSecret(name, 'first', { reportVersion: false });
      const scheduler = new Scheduler(seed);
      const outcomes = await scheduler.run(
        [rename(a, b, 'one'), rename(b, a, 'two')].map((call, index) => {
          const process = startProcess(world, new Gate(undefined, scheduler.turnOf(index)), { settings });
          return () => process.invoke(call);
        }),
      );
      const values = [await storedIn(a), await storedIn(b)];
      expect(values.filter((value) => value !== undefined).length, `seed ${seed}`).toBeGreaterThan(0);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(isConjurError(outcome.reason), String(outcome.reason)).toBe(true);
    }
  }, 60_000);

  it('an old name that cannot be seen is not reported deleted', async () => {
    const answer = await startProcess(world, undefined, { settings }).invoke(
      rename('never/there', 'now/there', 'value'),
    );
    expect(answer).toMatchObject({ details: { old_name: 'never/there', old_deleted: false } });
    expect(await storedIn('now/there')).toBe('value');
  });
});

describe('if_version', () => {
  it.each([
    ['random', {}],
    ['supplied', { new_value: 'the new one' }],
  ])('a %s rotation that is called twice rotates once', async (strategy, more) => {
    const name = `once/${strategy}`;
    const { version } = await world.admin.writeSecret(name, 'first');
    const call = { name, strategy, ...more, if_version: version };
    await startProcess(world).invoke(call);
    const rotated = await storedIn(name);
    await expect(startProcess(world).invoke(call)).rejects.toMatchObject({ code: 'unprocessable' });
    expect(await storedIn(name)).toBe(rotated);
    expect(rotated).not.toBe('first');
  });
});

it('a staged key is tried at the leader, and at no follower', async () => {
  const asked: string[] = [];
  const follower = 'http://follower.invalid';
  const dispatcher = {
    dispatch: (...args: Parameters<World['dispatcher']['dispatch']>) => {
      asked.push(String(args[0].origin));
      return world.dispatcher.dispatch(...args);
    },
  } as unknown as World['dispatcher'];
  const of = { ...world.settings, readBaseUrls: [new URL(follower)] };
  const connect = createConnectAs(
    { settings: of, clock: { now: Date.now, sleep: async () => undefined }, logger: console },
    dispatcher,
  );
  const client = connect({ login: 'admin', apiKey: Secret.of(world.conjur.adminApiKey) }, 'the test');
  await client.authenticate();
  await client.whoami();
  expect(new Set(asked)).toEqual(new Set([new URL(world.conjur.url).origin]));
});

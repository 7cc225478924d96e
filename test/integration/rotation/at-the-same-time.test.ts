import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import type { RotateKeyAnswer } from '../../../functions/rotate-key/rotate.ts';
import { isConjurError } from '../../../lib/errors.ts';
import {
  createPairs,
  createSingles,
  logsIn,
  readCredential,
  rotateByFourSteps,
  versionWith,
} from './support/credentials.ts';
import { Gate } from './support/gate.ts';
import { type RotateKeyProcess, startProcess } from './support/process.ts';
import { Scheduler } from './support/scheduler.ts';
import { createVariables, read } from './support/variable-scenarios.ts';
import { createVirtualKeys, findStoredCurrent, isCurrent, toFirstKey, works } from './support/virtual-key-scenarios.ts';
import { startWorld, type World } from './support/world.ts';

const INTERLEAVINGS = 20;
/** A rotation of a credential is some twenty calls. */
const CREDENTIAL_INTERLEAVINGS = 12;
const TIMEOUT_MS = 120_000;

type Answer = RotateKeyAnswer;
type Work = (process: RotateKeyProcess, index: number) => Promise<Answer>;

/** Runs the work in processes of their own, interleaved call by call as the seed says. A failure must be one that callers know. */
async function interleave(world: World, seed: number, count: number, work: Work): Promise<Answer[]> {
  const scheduler = new Scheduler(seed);
  const processes = Array.from({ length: count }, (_, index) => {
    const process = startProcess(world, new Gate(undefined, scheduler.turnOf(index)));
    return () => work(process, index);
  });
  const outcomes = await scheduler.run(processes);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  for (const failure of failures) if (!isConjurError(failure) || failure.code === 'internal') throw failure;
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

async function start(): Promise<World> {
  const world = await startWorld();
  onTestFinished(() => world.close());
  return world;
}

/** Each interleaving has things of its own. */
function names(length = INTERLEAVINGS): string[] {
  return Array.from({ length }, (_, seed) => `seed-${seed}`);
}

/** What an answer claims of a variable is what stands in it. */
async function checkTrue(world: World, variable: string, answer: Answer): Promise<void> {
  if (answer.kind !== 'rotation' || typeof answer.version !== 'number') throw new Error('The answer names no version.');
  const stored = await world.admin.readSecret(variable, { version: answer.version });
  expect(stored.value.expose()).toBe(answer.value?.expose());
}

it('two rotations to a random value leave one value, and tell the truth about it', {
  timeout: TIMEOUT_MS,
}, async () => {
  const world = await start();
  await createVariables(world, 'same', names());
  let overtaken = 0;
  for (const [seed, name] of names().entries()) {
    const variable = `same/${name}`;
    const answers = await interleave(world, seed, 2, (process) =>
      process.invoke({ name: variable, strategy: 'random' }),
    );
    expect(answers).toHaveLength(2);
    for (const answer of answers) await checkTrue(world, variable, answer);
    const values = answers.map((answer) => (answer.kind === 'rotation' ? answer.value?.expose() : undefined));
    expect(values).toContain(await read(world, variable));
    if (values[0] === values[1]) overtaken += 1;
  }
  expect(overtaken, 'interleavings in which one came between write and look of the other').toBeGreaterThan(0);
});

it('two rotations to supplied values leave one of the two, and say which was replaced', {
  timeout: TIMEOUT_MS,
}, async () => {
  const world = await start();
  await createVariables(world, 'same', names());
  for (const [seed, name] of names().entries()) {
    const variable = `same/${name}`;
    const answers = await interleave(world, seed, 2, (process, index) =>
      process.invoke({ name: variable, strategy: 'supplied', new_value: `value-${index}` }),
    );
    expect(answers).toHaveLength(2);
    for (const answer of answers) await checkTrue(world, variable, answer);
    expect(await read(world, variable)).toMatch(/^value-[01]$/);
  }
});

it.each([2, 3])(
  '%i rotations of a virtual key end with the key that LiteLLM has',
  { timeout: TIMEOUT_MS },
  async (count) => {
    const world = await start();
    await createVirtualKeys(world, names());
    for (const [seed, name] of names().entries()) {
      const variable = `keys/${name}`;
      const answers = await interleave(world, seed, count, (process) =>
        process.invoke({ name: variable, strategy: 'litellm-virtual-key' }),
      );
      const key = await read(world, variable);
      expect(answers).toHaveLength(count);
      expect(key, `seed ${seed}`).not.toBe(toFirstKey(name));
      expect(await isCurrent(world, key), `seed ${seed}`).toBe(true);
      expect(await works(world, key)).toBe(true);
      for (const answer of answers) await checkTrue(world, variable, answer);
    }
  },
);

it('rotations of a virtual key, one of which crashes, never leave LiteLLM with a key that stands nowhere', {
  timeout: TIMEOUT_MS,
}, async () => {
  const world = await start();
  await createVirtualKeys(world, names());
  for (const [seed, name] of names().entries()) {
    const variable = `keys/${name}`;
    const scheduler = new Scheduler(seed);
    const crashing = new Gate({ fault: 'crash-after', at: seed % 8, lasting: false }, scheduler.turnOf(0));
    const other = new Gate(undefined, scheduler.turnOf(1));
    await scheduler.run(
      [crashing, other].map(
        (gate) => () => startProcess(world, gate).invoke({ name: variable, strategy: 'litellm-virtual-key' }),
      ),
    );
    expect(await findStoredCurrent(world, variable), `seed ${seed}`).toBeDefined();
    await startProcess(world).invoke({ name: variable, strategy: 'litellm-virtual-key' });
    expect(await isCurrent(world, await read(world, variable)), `seed ${seed}`).toBe(true);
  }
});

it.each([
  ['a pair of hosts', createPairs],
  ['a single host', createSingles],
])('two direct rotations of %s end with one key that works', { timeout: TIMEOUT_MS }, async (_, create) => {
  const world = await start();
  await create(world, names());
  for (const [seed, name] of names().entries()) {
    const before = await versionWith(world, name, 'AWSCURRENT');
    const answers = await interleave(world, seed, 2, (process) =>
      process.invoke({ strategy: 'conjur-api-key', secret_id: name }),
    );
    if (answers.length === 0) await startProcess(world).invoke({ strategy: 'conjur-api-key', secret_id: name });
    expect(await versionWith(world, name, 'AWSCURRENT'), `seed ${seed}`).not.toBe(before);
    await checkConsistent(world, name, seed);
  }
});

it.each([
  ['a pair of hosts', createPairs],
  ['a single host', createSingles],
])(
  'the four steps for %s, each delivered twice at the same time, end with one key that works',
  { timeout: TIMEOUT_MS },
  async (_, create) => {
    const world = await start();
    const secrets = names(CREDENTIAL_INTERLEAVINGS);
    await create(world, secrets);
    for (const [seed, name] of secrets.entries()) {
      const token = randomUUID();
      world.setRotationFunction(async () => undefined);
      await rotateByFourSteps(world, name, token);
      await interleave(world, seed, 2, async (process) => {
        const step = (Step: string) => process.invoke({ Step, SecretId: name, ClientRequestToken: token });
        await step('createSecret');
        await step('testSecret');
        return step('finishSecret');
      });
      await checkConsistent(world, name, seed);
    }
  },
);

async function checkConsistent(world: World, name: string, seed: number): Promise<void> {
  const current = await readCredential(world, name, 'AWSCURRENT');
  expect(await logsIn(world, current), `seed ${seed}: the key in use works`).toBe(true);
  world.setRotationFunction((event) => startProcess(world).invoke(event));
  const next = randomUUID();
  await rotateByFourSteps(world, name, next).catch(() => rotateByFourSteps(world, name, next));
  expect(await logsIn(world, await readCredential(world, name, 'AWSCURRENT')), `seed ${seed}: and the next`).toBe(true);
}

import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createPairs, createSingles, rotateByFourSteps, versionWith } from './support/credentials.ts';
import { startProcess } from './support/process.ts';
import {
  createReader,
  createTally,
  createUnhealedReader,
  type ReaderTally,
  readCold,
  readWarm,
} from './support/readers.ts';
import { startWorld, type World } from './support/world.ts';

const WARM_READERS = 8;
const ROTATIONS = 20;
const PAIR_READS = 10_000;
const SINGLE_READS = 4_000;
/** Tokens live so short that readers log in again and again while keys change underneath them. */
const TOKEN_TTL_SECONDS = 3;
const TIMEOUT_MS = 120_000;

it('twenty rotations of a pair of hosts let no read fail, of warm readers and of cold ones', {
  timeout: TIMEOUT_MS,
}, async () => {
  const world = await startWorld({}, { tokenTtlSeconds: TOKEN_TTL_SECONDS });
  onTestFinished(() => world.close());
  await createPairs(world, ['load']);
  const { warm, cold } = await rotateUnderLoad(world, 'load', 'pairs/load/canary', PAIR_READS);
  print('A pair of hosts', warm, cold);
  expect([...warm.failures, ...cold.failures]).toEqual([]);
  expect(warm.reads + cold.reads).toBeGreaterThanOrEqual(PAIR_READS);
  expect(cold.reads).toBeGreaterThan(ROTATIONS);
  expect(warm.refusals, 'readers have met dead keys').toBeGreaterThan(0);
});

it('a single host lets no read fail either, since readers look for the key that is being put into use', {
  timeout: TIMEOUT_MS,
}, async () => {
  const world = await startWorld({}, { tokenTtlSeconds: TOKEN_TTL_SECONDS });
  onTestFinished(() => world.close());
  await createSingles(world, ['load']);
  const unhealed = createTally();
  const { warm, cold } = await rotateUnderLoad(world, 'load', 'singles/canary', SINGLE_READS, (until) =>
    readCold(() => createUnhealedReader(world, 'load'), 'singles/canary', unhealed, until),
  );
  print('A single host', warm, cold);
  console.log(`Without self-healing, ${unhealed.failures.length} of ${unhealed.reads} cold reads failed.`);
  expect([...warm.failures, ...cold.failures]).toEqual([]);
  expect(warm.reads + cold.reads).toBeGreaterThanOrEqual(SINGLE_READS);
  expect(warm.refusals, 'readers have met dead keys').toBeGreaterThan(0);
});

/** Rotations spread evenly over the reads. */
async function rotateUnderLoad(
  world: World,
  secretId: string,
  variable: string,
  reads: number,
  moreReaders: (until: () => boolean) => Promise<void> = async () => undefined,
): Promise<{ warm: ReaderTally; cold: ReaderTally }> {
  const process = startProcess(world);
  world.setRotationFunction((event) => process.invoke(event));
  const warm = createTally();
  const cold = createTally();
  let done = false;
  const until = () => done;
  const create = (tally: ReaderTally) => createReader(world, secretId, tally);
  const readers = [
    ...Array.from({ length: WARM_READERS }, () => readWarm(create(warm), variable, warm, until)),
    readCold(async () => create(cold), variable, cold, until),
    moreReaders(until),
  ];
  try {
    for (let rotation = 1; rotation <= ROTATIONS; rotation += 1) {
      const before = await versionWith(world, secretId, 'AWSCURRENT');
      await rotateByFourSteps(world, secretId, randomUUID());
      expect(await versionWith(world, secretId, 'AWSCURRENT'), `rotation ${rotation} was finished`).not.toBe(before);
      while (warm.reads + cold.reads < (reads * rotation) / ROTATIONS) await setTimeout(5);
    }
    // A fast machine has done its reads before the first token is due; a warm reader meets the dead key when it logs in anew.
    while (warm.refusals === 0) await setTimeout(5);
  } finally {
    done = true;
    await Promise.all(readers);
  }
  return { warm, cold };
}

function print(what: string, warm: ReaderTally, cold: ReaderTally): void {
  const failed = warm.failures.length + cold.failures.length;
  console.log(
    `${what}: ${ROTATIONS} rotations, ${warm.reads} warm and ${cold.reads} cold reads, ${failed} failed; ` +
      `${warm.refusals + cold.refusals} logins met a dead key.`,
  );
}

import { beforeAll, expect, it } from 'vitest';
import { buildFunctions } from '../../infra/build/build.ts';
import { runSoak, type SoakResult } from './run-soak.ts';

/** What a build has time for; `npm run soak` takes 30 minutes. */
const SECONDS = 60;
/**
 * V8 compiles code and drops it again, which moves the heap by some 6 MB within a minute and may look like growth: a longer look decides.
 * What leaks goes on growing in it.
 */
const SECONDS_IN_DOUBT = 180;

beforeAll(buildFunctions);

async function soak(seconds: number): Promise<SoakResult> {
  const result = await runSoak({ durationMs: seconds * 1_000, seed: 20_260_305 });
  const { outcomes, memoryBefore, memoryAfter } = result;
  const calls = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `\nsoak: ${calls} calls in ${seconds} s, memory ${memoryBefore} to ${memoryAfter} bytes, ${JSON.stringify(outcomes)}\n`,
  );
  expect(result.faults).toEqual([]);
  return result;
}

it(`nothing is lost, mixed up or growing under ${SECONDS} s of mixed load with rotations and faults`, async () => {
  const { growth, outcomes } = await soak(SECONDS);
  for (const name of ['read-secret', 'write-secret', 'rotate-key']) expect(outcomes[`${name} ok`]).toBeGreaterThan(0);
  if (growth.length > 0) expect((await soak(SECONDS_IN_DOUBT)).growth).toEqual([]);
}, 480_000);

import { describe, expect, it } from 'vitest';
import { judgeSamples } from './judge-samples.ts';
import type { Sample } from './messages.ts';
import { runSoak, type SoakResult } from './run-soak.ts';

/** What a build has time for; `npm run soak` takes 30 minutes. */
const SECONDS = 60;
/**
 * V8 compiles code and drops it again, which moves the heap by some 6 MB within a minute and may look like growth: a longer look decides.
 * What leaks goes on growing in it.
 */
const SECONDS_IN_DOUBT = 180;

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

describe('the judge of samples', () => {
  const samples = (change: (index: number) => Partial<Sample>): Sample[] =>
    Array.from({ length: 60 }, (_, index) => ({
      kind: 'sample',
      atMs: index * 1_000,
      memoryBytes: 20_000_000 + (index % 3) * 500_000,
      resources: { TCPSocketWrap: 8 + (index % 5), Timeout: 10 },
      outcomes: {},
      ...change(index),
    }));

  it('takes what only goes up and down', () => {
    expect(judgeSamples(samples(() => ({}))).growth).toEqual([]);
  });

  it('takes growth that ends with the warm-up', () => {
    expect(
      judgeSamples(samples((index) => ({ memoryBytes: 20_000_000 + Math.min(index, 15) * 2_000_000 }))).growth,
    ).toEqual([]);
  });

  it('finds memory that grows', () => {
    expect(judgeSamples(samples((index) => ({ memoryBytes: 20_000_000 + index * 300_000 }))).growth).toEqual([
      expect.stringMatching(/^memory grew/),
    ]);
  });

  it('finds sockets and timers that grow', () => {
    const growth = judgeSamples(
      samples((index) => ({ resources: { TCPSocketWrap: index * 2, Timeout: index * 3 } })),
    ).growth;
    expect(growth).toEqual([expect.stringMatching(/^TCPSocketWrap grew/), expect.stringMatching(/^Timeout grew/)]);
  });

  it('says nothing of too few samples', () => {
    expect(() => judgeSamples(samples(() => ({})).slice(0, 9))).toThrow(RangeError);
  });
});

import type { BenchContext } from '../clients/bench-context.ts';
import { type Invoke, loadFunction } from '../clients/load-function.ts';
import { toRatio } from '../report/ratio.ts';
import type { Result } from '../report/result.ts';
import { summarize } from '../report/statistics.ts';

const NAME = 'bench/warm-read';
const FIRST = 1_000;
/** In between: what a container grows to soon, it does not go on growing from. */
const SOME = 10_000;
const ALL = 100_000;
/** Calls at once: enough for a container's work to overlap, and for the run to end. */
const CONCURRENCY = 10;

/** Memory of a container after 100,000 reads ÷ after 1,000, garbage collected before each look. */
export async function compareMemory({ conjur, scale }: BenchContext): Promise<Result> {
  const read = await loadFunction('read-secret', conjur);
  const all = Math.max(4 * FIRST, scale(ALL));
  await readMany(read, FIRST);
  const early = await look();
  const some = Math.min(SOME, all / 2);
  await readMany(read, some - FIRST);
  const middle = await look();
  await readMany(read, all - some);
  const late = await look();
  const mb = (bytes: number) => summarize([bytes / 1e6]);
  return {
    title: 'memory',
    ratios: [
      toRatio(`memory after ${all} reads ÷ after ${FIRST}, heap and buffers`, [late.heapBytes / early.heapBytes], 1.05),
      toRatio(`memory after ${all} reads ÷ after ${FIRST}, resident set`, [late.residentBytes / early.residentBytes]),
    ],
    figures: [
      { figure: `heap and buffers after ${FIRST} reads`, unit: 'MB', measured: mb(early.heapBytes) },
      { figure: `heap and buffers after ${all} reads`, unit: 'MB', measured: mb(late.heapBytes) },
      { figure: `resident set after ${FIRST} reads`, unit: 'MB', measured: mb(early.residentBytes) },
      { figure: `resident set after ${some} reads`, unit: 'MB', measured: mb(middle.residentBytes) },
      { figure: `resident set after ${all} reads`, unit: 'MB', measured: mb(late.residentBytes) },
    ],
  };
}

async function readMany(read: Invoke, count: number): Promise<void> {
  let left = count;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await read({ name: NAME });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, caller));
}

async function look(): Promise<{ heapBytes: number; residentBytes: number }> {
  if (globalThis.gc === undefined) throw new Error('Run this with --expose-gc.');
  // What a finalizer lets go of is only gone after the collection that follows.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, residentBytes: rss };
}

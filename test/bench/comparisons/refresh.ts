import { strictEqual } from 'node:assert';
import type { BenchContext } from '../clients/bench-context.ts';
import { loadFunction } from '../clients/load-function.ts';
import { startJumpingClock } from '../clients/start-jumping-clock.ts';
import { toRatio } from '../report/ratio.ts';
import { joinParts, type Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';
import { atRealPace, REAL_DELAY_MS } from '../server/at-real-pace.ts';
import type { ConjurProcess } from '../server/start-conjur-process.ts';

const NAME = 'bench/warm-read';
/** The default, after which a token is due. */
const REFRESH_MS = 300_000;
/** The clock moves on by no more at once, or a kept-alive connection would be given up for its age. */
const LONGEST_STEP_MS = 10_000;
/**
 * What counts as around a refresh, half before it and half from the read that carries it on, and as away from it, around half-time between
 * two refreshes: a minute, as in CloudWatch's graphs of a function's p99.
 */
const WINDOW_MS = 60_000;

/** How often a container is called. */
interface Rhythm {
  readonly name: string;
  /** Milliseconds by the clock of the process from one read to the next. */
  readonly stepMs: number;
}

const QUIET: Rhythm = { name: 'each 10 s', stepMs: LONGEST_STEP_MS };
const BUSY: Rhythm = { name: 'each 100 ms', stepMs: 100 };

interface Times {
  /** Reads of the minute around a refresh. */
  readonly around: number[];
  /** Reads of the minute farthest from one. */
  readonly away: number[];
  /** The read that finds the token due, alone: the refresh runs beside it, and its invocation ends when both are done. */
  readonly carrying: number[];
}

/**
 * Reads around the refresh of the session token ÷ reads away from it: in a container that is called now and then, and in a busy one; at a
 * Conjur that takes its time as a real one does, and at the local one as it is, where both take so little that the invocation which
 * carries the refresh ends later for it. The process's clock moves on with each read, so that the 300 s of a token pass in a moment.
 */
export async function compareRefresh({ conjur, startConjur, scale }: BenchContext): Promise<Result> {
  const atReal = await atRealPace({ startConjur }, (real) => measureAt(real, QUIET, 5, scale(8)));
  return joinParts('refresh', [
    toResult(`${QUIET.name}, ${REAL_DELAY_MS} ms per request`, atReal, 1.2),
    // No limit: the local Conjur answers one request after the other, so that the read beside a login waits for it.
    toResult(`${BUSY.name}, local Conjur`, await measureAt(conjur, BUSY, 7, scale(12))),
    toResult(`${QUIET.name}, local Conjur`, await measureAt(conjur, QUIET, 7, scale(40))),
  ]);
}

async function measureAt(conjur: ConjurProcess, rhythm: Rhythm, repetitions: number, cycles: number): Promise<Times[]> {
  const clock = startJumpingClock();
  try {
    const read = await loadFunction('read-secret', conjur);
    const readAfter = async (stepMs: number): Promise<number> => {
      clock.jump(stepMs);
      const startedMs = performance.now();
      await read({ name: NAME });
      return performance.now() - startedMs;
    };
    // The token was got when the function was loaded.
    await passTime(readAfter, REFRESH_MS / 2 - rhythm.stepMs);
    await conjur.takeCount();
    const reads = await runCycle(readAfter, rhythm, noTimes());
    strictEqual(await conjur.takeCount(), reads + 1, `${reads} reads cost one refresh`);
    const all: Times[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const times = noTimes();
      for (let count = 0; count < cycles; count += 1) await runCycle(readAfter, rhythm, times);
      all.push(times);
    }
    return all;
  } finally {
    clock.stop();
  }
}

type ReadAfter = (stepMs: number) => Promise<number>;

/**
 * From half-time between two refreshes to half-time between the next two. Between what counts as away and as around lie reads that only
 * make the time pass.
 * @returns how many reads there were
 */
async function runCycle(readAfter: ReadAfter, rhythm: Rhythm, times: Times): Promise<number> {
  const { stepMs } = rhythm;
  const half = WINDOW_MS / 2 / stepMs;
  const apartMs = REFRESH_MS / 2 - WINDOW_MS;
  const take = async (into: number[], count: number): Promise<void> => {
    for (let reads = 0; reads < count; reads += 1) into.push(await readAfter(stepMs));
  };
  await take(times.away, half);
  const before = await passTime(readAfter, apartMs);
  await take(times.around, half);
  await take(times.carrying, 1);
  times.around.push(times.carrying.at(-1) as number);
  await take(times.around, half - 1);
  const after = await passTime(readAfter, apartMs);
  await take(times.away, half);
  return 4 * half + before + after;
}

async function passTime(readAfter: ReadAfter, ms: number): Promise<number> {
  let reads = 0;
  for (let leftMs = ms; leftMs > 0; leftMs -= LONGEST_STEP_MS) {
    await readAfter(Math.min(leftMs, LONGEST_STEP_MS));
    reads += 1;
  }
  return reads;
}

function noTimes(): Times {
  return { around: [], away: [], carrying: [] };
}

function toResult(where: string, repetitions: readonly Times[], limit?: number): Omit<Result, 'title'> {
  const ratios = (part: number): number[] =>
    repetitions.map(({ around, away }) => percentile(around, part) / percentile(away, part));
  const medians = (of: keyof Times): number[] => repetitions.map((times) => percentile(times[of], 0.5));
  return {
    ratios: [
      toRatio(`around a refresh ÷ away, p99, ${where}`, ratios(0.99), limit),
      toRatio(`around a refresh ÷ away, median, ${where}`, ratios(0.5)),
    ],
    figures: [
      { figure: `read that carries a refresh, ${where}`, unit: 'ms', measured: summarize(medians('carrying')) },
      { figure: `read away from a refresh, ${where}`, unit: 'ms', measured: summarize(medians('away')) },
    ],
  };
}

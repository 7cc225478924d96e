import { strictEqual } from 'node:assert';
import type { BenchContext } from '../clients/bench-context.ts';
import { loadFunction } from '../clients/load-function.ts';
import { startJumpingClock } from '../clients/start-jumping-clock.ts';
import { toRatio } from '../report/ratio.ts';
import type { Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';
import type { ConjurProcess } from '../server/start-conjur-process.ts';

const NAME = 'bench/warm-read';
/** By this much the clock moves on with every read: too little for a kept-alive connection to be given up. */
const STEP_MS = 10_000;
/** Reads from one refresh to the next, at the default of 300 s. */
const READS = 30;
/** Reads on either side of a refresh that count as around it, the one that carries it included. */
const AROUND = 8;
/** Added to every request, so that a read and an authentication take about as long as a real Conjur's: 18 and 17 ms. */
const REAL_DELAY_MS = 15;

interface Times {
  readonly around: number[];
  readonly away: number[];
  /** The read that finds the token due, alone: the refresh runs beside it, and its invocation ends when both are done. */
  readonly carrying: number[];
}

/**
 * Reads around the refresh of the session token ÷ reads away from it, at a Conjur that takes its time as a real one does, and at the
 * local one as it is, where both are so short that the invocation ends later for the refresh. The process's clock moves on by ten
 * seconds with each read, so that the 300 s of a token pass in thirty reads.
 */
export async function compareRefresh({ conjur, startConjur, scale }: BenchContext): Promise<Result> {
  const slow = await startConjur(REAL_DELAY_MS);
  try {
    const atSlow = toResult(`${REAL_DELAY_MS} ms per request`, await measureAt(slow, 5, scale(8)), 1.2);
    const atLocal = toResult('local Conjur as it is', await measureAt(conjur, 7, scale(40)), 1.2);
    return {
      title: 'refresh',
      ratios: [...atSlow.ratios, ...atLocal.ratios],
      figures: [...atSlow.figures, ...atLocal.figures],
    };
  } finally {
    await slow.close();
  }
}

async function measureAt(conjur: ConjurProcess, repetitions: number, cycles: number): Promise<Times[]> {
  const clock = startJumpingClock();
  try {
    const read = await loadFunction('read-secret', conjur);
    const next = async (): Promise<number> => {
      clock.jump(STEP_MS);
      const startedMs = performance.now();
      await read({ name: NAME });
      return performance.now() - startedMs;
    };
    // The token was got when the function was loaded: the thirtieth read from there finds it due.
    for (let count = 1; count < READS / 2; count += 1) await next();
    await conjur.takeCount();
    await runCycle(next, noTimes());
    strictEqual(await conjur.takeCount(), READS + 1, `${READS} reads cost one refresh`);
    const all: Times[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const times = noTimes();
      for (let count = 0; count < cycles; count += 1) await runCycle(next, times);
      all.push(times);
    }
    return all;
  } finally {
    clock.stop();
  }
}

/** From half-way between two refreshes to half-way between the next two. */
async function runCycle(next: () => Promise<number>, { around, away, carrying }: Times): Promise<void> {
  for (let count = -READS / 2; count < READS / 2; count += 1) {
    const ms = await next();
    (count >= -AROUND && count < AROUND ? around : away).push(ms);
    if (count === 0) carrying.push(ms);
  }
}

function noTimes(): Times {
  return { around: [], away: [], carrying: [] };
}

function toResult(where: string, repetitions: readonly Times[], limit: number): Omit<Result, 'title'> {
  const ratios = (part: number): number[] =>
    repetitions.map(({ around, away }) => percentile(around, part) / percentile(away, part));
  const medians = (of: keyof Times): number[] => repetitions.map((times) => percentile(times[of], 0.5));
  return {
    ratios: [
      toRatio(`reads around a refresh ÷ away from it, p99, ${where}`, ratios(0.99), limit),
      toRatio(`reads around a refresh ÷ away from it, median, ${where}`, ratios(0.5)),
    ],
    figures: [
      { figure: `read that carries the refresh, ${where}`, unit: 'ms', measured: summarize(medians('carrying')) },
      { figure: `read away from a refresh, ${where}`, unit: 'ms', measured: summarize(medians('away')) },
    ],
  };
}

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BenchContext } from '../clients/bench-context.ts';
import { type Invoke, loadFunction } from '../clients/load-function.ts';
import type { Figure, Result } from '../report/result.ts';
import { summarize } from '../report/statistics.ts';

const NAME = 'bench/warm-read';
const CONCURRENCIES = [1, 10, 100];
const REPETITIONS = 3;
/** The monitor's own timer, whose period is in every delay that it reports. */
const RESOLUTION_MS = 1;

interface Sample {
  readonly perSecond: number;
  readonly delayMedianMs: number;
  readonly delayP99Ms: number;
}

/** What one warm container can do: reads per second at 1, 10 and 100 concurrent direct calls, and how late its event loop runs. */
export async function measureThroughput({ conjur, scale }: BenchContext): Promise<Result> {
  const read = await loadFunction('read-secret', conjur);
  const figures: Figure[] = [];
  for (const concurrency of CONCURRENCIES) {
    await sample(read, concurrency, scale(300));
    const samples: Sample[] = [];
    for (let count = 0; count < REPETITIONS; count += 1) samples.push(await sample(read, concurrency, scale(1_500)));
    figures.push(...toFigures(concurrency, samples));
  }
  return { title: 'throughput', ratios: [], figures };
}

/** Keeps so many calls under way for so long. */
async function sample(read: Invoke, concurrency: number, durationMs: number): Promise<Sample> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const startedMs = performance.now();
  let reads = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - startedMs < durationMs) {
      await read({ name: NAME });
      reads += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  delay.disable();
  const toMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  return {
    perSecond: reads / ((performance.now() - startedMs) / 1000),
    delayMedianMs: toMs(delay.percentile(50)),
    delayP99Ms: toMs(delay.percentile(99)),
  };
}

function toFigures(concurrency: number, samples: readonly Sample[]): Figure[] {
  const of = concurrency === 1 ? '1 call at a time' : `${concurrency} calls at once`;
  return [
    { figure: `throughput, ${of}`, unit: 'reads/s', measured: summarize(samples.map(({ perSecond }) => perSecond)) },
    {
      figure: `event-loop delay, ${of}, median`,
      unit: 'ms',
      measured: summarize(samples.map(({ delayMedianMs }) => delayMedianMs)),
    },
    {
      figure: `event-loop delay, ${of}, p99`,
      unit: 'ms',
      measured: summarize(samples.map(({ delayP99Ms }) => delayP99Ms)),
    },
  ];
}

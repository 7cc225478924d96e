import { strictEqual } from 'node:assert';
import type { BenchContext } from '../clients/bench-context.ts';
import { loadFunction } from '../clients/load-function.ts';
import { repeatInTurn, type Turns } from '../clients/time-in-turn.ts';
import { toRatio } from '../report/ratio.ts';
import { joinParts, type Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';
import { atRealPace, REAL_DELAY_MS } from '../server/at-real-pace.ts';
import type { ConjurProcess } from '../server/start-conjur-process.ts';

export const BATCH_NAMES: readonly string[] = Array.from({ length: 50 }, (_, index) => `bench/batch-${index}`);

/**
 * A batch of 50 ÷ 50 single reads, in sequence and in parallel: at a Conjur that takes its time as a real one does, and at the local one as
 * it is, where a request costs so little that what each name costs on both sides shows.
 */
export async function compareBatch({ conjur, startConjur, scale }: BenchContext): Promise<Result> {
  const atLocal = await measureAt(conjur, { repetitions: 7, rounds: scale(60) }, scale(WARM_UP_CALLS));
  const atReal = await atRealPace({ startConjur }, (real) => measureAt(real, { repetitions: 3, rounds: scale(5) }));
  return joinParts('batch', [
    toResult(`${REAL_DELAY_MS} ms per request`, atReal, 0.08),
    // No limit: where a request costs a seventh of a millisecond, this divides processor time by processor time.
    toResult('local Conjur as it is', atLocal),
  ]);
}

interface Measured {
  readonly sequence: readonly Turns<'batch' | 'singly'>[];
  readonly parallel: readonly Turns<'batch' | 'singly'>[];
}

/**
 * Batches before the measurement: in each round fifty single reads stand against one batch, whose way through client and server would
 * otherwise still be interpreted when that of a read has long been compiled.
 */
const WARM_UP_CALLS = 1_500;

async function measureAt(
  conjur: ConjurProcess,
  schedule: { readonly repetitions: number; readonly rounds: number },
  warmUpCalls = 1,
): Promise<Measured> {
  const read = await loadFunction('read-secret', conjur);
  const batch = () => read({ names: BATCH_NAMES });
  const { secrets } = (await batch()) as { secrets: unknown[] };
  strictEqual(secrets.length, BATCH_NAMES.length);
  for (let calls = 0; calls < warmUpCalls; calls += 1) await batch();
  // Two pairs, and not three in turn: fifty reads at once leave sockets and garbage to whoever comes next.
  const sequence = async () => {
    for (const name of BATCH_NAMES) await read({ name });
  };
  const parallel = () => Promise.all(BATCH_NAMES.map((name) => read({ name })));
  return {
    sequence: await repeatInTurn({ batch, singly: sequence }, schedule),
    parallel: await repeatInTurn({ batch, singly: parallel }, schedule),
  };
}

function toResult(where: string, { sequence, parallel }: Measured, limit?: number): Omit<Result, 'title'> {
  const median = (times: readonly number[]): number => percentile(times, 0.5);
  const ratios = (turns: Measured['sequence']): number[] => turns.map((of) => median(of.batch) / median(of.singly));
  const medians = (of: 'batch' | 'singly', turns: Measured['sequence']) =>
    summarize(turns.map((all) => median(all[of])));
  return {
    ratios: [
      toRatio(`batch of 50 ÷ 50 reads in sequence, ${where}`, ratios(sequence), limit),
      toRatio(`batch of 50 ÷ 50 reads in parallel, ${where}`, ratios(parallel)),
    ],
    figures: [
      { figure: `batch of 50, ${where}`, unit: 'ms', measured: medians('batch', sequence) },
      { figure: `50 reads in sequence, ${where}`, unit: 'ms', measured: medians('singly', sequence) },
      { figure: `50 reads in parallel, ${where}`, unit: 'ms', measured: medians('singly', parallel) },
    ],
  };
}

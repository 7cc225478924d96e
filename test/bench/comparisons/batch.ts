import { strictEqual } from 'node:assert';
import type { BenchContext } from '../clients/bench-context.ts';
import { loadFunction } from '../clients/load-function.ts';
import { repeatInTurn, type Turns } from '../clients/time-in-turn.ts';
import { toRatio } from '../report/ratio.ts';
import type { Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';
import type { ConjurProcess } from '../server/start-conjur-process.ts';

export const BATCH_NAMES: readonly string[] = Array.from({ length: 50 }, (_, index) => `bench/batch-${index}`);

/** Added to every request, so that a read takes about as long as a real Conjur's: 18 ms. */
const REAL_DELAY_MS = 15;

/**
 * A batch of 50 ÷ 50 single reads, in sequence and in parallel: at a Conjur that takes its time as a real one does, and at the local one as
 * it is, where a request costs so little that what each name costs on both sides shows.
 */
export async function compareBatch({ conjur, startConjur, scale }: BenchContext): Promise<Result> {
  const atLocal = toResult('local Conjur as it is', await measureAt(conjur, 7, scale(60)));
  const slow = await startConjur(REAL_DELAY_MS);
  try {
    const atSlow = toResult(`${REAL_DELAY_MS} ms per request`, await measureAt(slow, 3, scale(5)));
    return {
      title: 'batch',
      ratios: [...atSlow.ratios, ...atLocal.ratios],
      figures: [...atSlow.figures, ...atLocal.figures],
    };
  } finally {
    await slow.close();
  }
}

type BatchTurns = Turns<'batch' | 'sequence' | 'parallel'>;

async function measureAt(conjur: ConjurProcess, repetitions: number, rounds: number): Promise<BatchTurns[]> {
  const read = await loadFunction('read-secret', conjur);
  const { secrets } = (await read({ names: BATCH_NAMES })) as { secrets: unknown[] };
  strictEqual(secrets.length, BATCH_NAMES.length);
  return repeatInTurn(
    {
      batch: () => read({ names: BATCH_NAMES }),
      sequence: async () => {
        for (const name of BATCH_NAMES) await read({ name });
      },
      parallel: () => Promise.all(BATCH_NAMES.map((name) => read({ name }))),
    },
    { repetitions, rounds },
  );
}

function toResult(where: string, turns: readonly BatchTurns[]): Omit<Result, 'title'> {
  const medians = (of: keyof BatchTurns): number[] => turns.map((times) => percentile(times[of], 0.5));
  const ratios = (of: keyof BatchTurns): number[] =>
    turns.map((times) => percentile(times.batch, 0.5) / percentile(times[of], 0.5));
  return {
    ratios: [
      toRatio(`batch of 50 ÷ 50 reads in sequence, ${where}`, ratios('sequence'), 0.08),
      toRatio(`batch of 50 ÷ 50 reads in parallel, ${where}`, ratios('parallel')),
    ],
    figures: [
      { figure: `batch of 50, ${where}`, unit: 'ms', measured: summarize(medians('batch')) },
      { figure: `50 reads in sequence, ${where}`, unit: 'ms', measured: summarize(medians('sequence')) },
      { figure: `50 reads in parallel, ${where}`, unit: 'ms', measured: summarize(medians('parallel')) },
    ],
  };
}

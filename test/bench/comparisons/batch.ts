import { strictEqual } from 'node:assert';
import type { BenchContext } from '../clients/bench-context.ts';
import { loadFunction } from '../clients/load-function.ts';
import { repeatInTurn } from '../clients/time-in-turn.ts';
import { toRatio } from '../report/ratio.ts';
import type { Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';

export const BATCH_NAMES: readonly string[] = Array.from({ length: 50 }, (_, index) => `bench/batch-${index}`);

/** A batch of 50 ÷ 50 single reads, in sequence and in parallel. */
export async function compareBatch({ conjur, scale }: BenchContext): Promise<Result> {
  const read = await loadFunction('read-secret', conjur);
  const { secrets } = (await read({ names: BATCH_NAMES })) as { secrets: unknown[] };
  strictEqual(secrets.length, BATCH_NAMES.length);
  const turns = await repeatInTurn(
    {
      batch: () => read({ names: BATCH_NAMES }),
      sequence: async () => {
        for (const name of BATCH_NAMES) await read({ name });
      },
      parallel: () => Promise.all(BATCH_NAMES.map((name) => read({ name }))),
    },
    { repetitions: 7, rounds: scale(15) },
  );
  const median = (times: readonly number[]): number => percentile(times, 0.5);
  return {
    title: 'batch',
    ratios: [
      toRatio(
        'batch of 50 ÷ 50 reads in sequence',
        turns.map(({ batch, sequence }) => median(batch) / median(sequence)),
        0.08,
      ),
      toRatio(
        'batch of 50 ÷ 50 reads in parallel',
        turns.map(({ batch, parallel }) => median(batch) / median(parallel)),
      ),
    ],
    figures: [
      { figure: 'batch of 50', unit: 'ms', measured: summarize(turns.map(({ batch }) => median(batch))) },
      {
        figure: '50 reads in sequence',
        unit: 'ms',
        measured: summarize(turns.map(({ sequence }) => median(sequence))),
      },
      {
        figure: '50 reads in parallel',
        unit: 'ms',
        measured: summarize(turns.map(({ parallel }) => median(parallel))),
      },
    ],
  };
}

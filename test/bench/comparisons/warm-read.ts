import { strictEqual } from 'node:assert';
import type { BenchContext } from '../clients/bench-context.ts';
import { createBareClient } from '../clients/create-bare-client.ts';
import { loadFunction, toHttpApiEvent } from '../clients/load-function.ts';
import { repeatInTurn } from '../clients/time-in-turn.ts';
import { toRatio } from '../report/ratio.ts';
import type { Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';

const NAME = 'bench/warm-read';

/** A warm read through the handler ÷ the same read by bare undici with a token in hand. */
export async function compareWarmRead({ conjur, scale }: BenchContext): Promise<Result> {
  const bare = await createBareClient(conjur);
  const read = await loadFunction('read-secret', conjur);
  strictEqual(((await read({ name: NAME })) as { value: string }).value, await bare.readSecret(NAME));
  const event = toHttpApiEvent(NAME);
  const turns = await repeatInTurn(
    { bare: () => bare.readSecret(NAME), direct: () => read({ name: NAME }), http: () => read(event) },
    { repetitions: 9, rounds: scale(25), inARow: 200, warmUp: scale(50) },
  );
  await bare.close();
  const ratios = (contender: 'direct' | 'http', part: number): number[] =>
    turns.map((times) => percentile(times[contender], part) / percentile(times.bare, part));
  const medians = (contender: 'bare' | 'direct' | 'http'): number[] =>
    turns.map((times) => percentile(times[contender], 0.5));
  return {
    title: 'warm read',
    ratios: [
      toRatio('warm read, direct call ÷ bare undici, median', ratios('direct', 0.5), 1.1),
      toRatio('warm read, direct call ÷ bare undici, p99', ratios('direct', 0.99), 1.25),
      toRatio('warm read, HTTP API event ÷ bare undici, median', ratios('http', 0.5), 1.1),
      toRatio('warm read, HTTP API event ÷ bare undici, p99', ratios('http', 0.99), 1.25),
    ],
    figures: [
      { figure: 'read by bare undici', unit: 'ms', measured: summarize(medians('bare')) },
      { figure: 'read through the handler, direct call', unit: 'ms', measured: summarize(medians('direct')) },
      { figure: 'read through the handler, HTTP API event', unit: 'ms', measured: summarize(medians('http')) },
    ],
  };
}

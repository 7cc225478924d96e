import { strictEqual } from 'node:assert';
import type { BenchContext } from '../clients/bench-context.ts';
import { createBareClient } from '../clients/create-bare-client.ts';
import { loadFunction, toHttpApiEvent } from '../clients/load-function.ts';
import { countProcessorTime } from '../clients/processor-time.ts';
import { repeatInTurn, type Turns } from '../clients/time-in-turn.ts';
import { toRatio } from '../report/ratio.ts';
import { joinParts, type Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';
import { atRealPace, REAL_DELAY_MS } from '../server/at-real-pace.ts';
import type { ConjurProcess } from '../server/start-conjur-process.ts';

const NAME = 'bench/warm-read';

/** Ways to read: by undici with a token in hand, by a direct call of the function, by an HTTP API event. */
type Way = 'bare' | 'direct' | 'http';
type Ways = Readonly<Record<Way, () => Promise<unknown>>>;
type Part = Omit<Result, 'title'>;

const AT_REAL_PACE = `${REAL_DELAY_MS} ms per request`;

/**
 * A warm read through the handler ÷ the same read by bare undici with a token in hand, at a Conjur that takes its time as a real one does:
 * what a caller waits. What has a limit is the slower of the two forms of a call.
 */
export async function compareWarmRead({ startConjur, scale }: BenchContext): Promise<Result> {
  return joinParts('warm read', [await atRealPace({ startConjur }, (real) => measureAtRealPace(real, scale))]);
}

/**
 * The same at the local Conjur as it is: what the processor's caches make of more code. And the processor time, which is what the functions
 * add wherever Conjur stands.
 */
export async function compareLoopback({ conjur, scale }: BenchContext): Promise<Result> {
  return joinParts('loopback', [await measureAtLoopback(conjur, scale)]);
}

function measureAtRealPace(conjur: ConjurProcess, scale: BenchContext['scale']): Promise<Part> {
  return withWays(conjur, async (ways) => {
    // One read each in turn: between two of them the processor has waited for 15 ms, whoever is next.
    const turns = await repeatInTurn(ways, { repetitions: 5, rounds: scale(200), warmUp: scale(40) });
    return toPart(AT_REAL_PACE, turns, { median: 1.01, p99: 1.05 });
  });
}

function measureAtLoopback(conjur: ConjurProcess, scale: BenchContext['scale']): Promise<Part> {
  return withWays(conjur, async (ways) => {
    const turns = await repeatInTurn(ways, { repetitions: 9, rounds: scale(25), inARow: 200, warmUp: scale(50) });
    const used = await countProcessorTime(ways, { repetitions: 9, rounds: scale(10), inARow: 200 });
    const loopback = toPart('loopback', turns, { median: 1.12 });
    return {
      ratios: [
        ...loopback.ratios,
        toRatio(
          "processor time of a warm read ÷ of bare undici's",
          used.map(({ bare, direct, http }) => Math.max(direct, http) / bare),
          1.25,
        ),
        ...(['direct', 'http'] as const).map((way) =>
          toRatio(
            `processor time of a warm read, ${WORDS[way]} ÷ of bare undici's`,
            used.map((times) => times[way] / times.bare),
          ),
        ),
      ],
      figures: [
        ...loopback.figures,
        ...(['bare', 'direct', 'http'] as const).map((way) => ({
          figure: `processor time of a read, ${WORDS[way]}`,
          unit: 'µs' as const,
          measured: summarize(used.map((times) => times[way])),
        })),
      ],
    };
  });
}

const WORDS: Readonly<Record<Way, string>> = { bare: 'bare undici', direct: 'direct call', http: 'HTTP API event' };

async function withWays(conjur: ConjurProcess, measure: (ways: Ways) => Promise<Part>): Promise<Part> {
  const bare = await createBareClient(conjur);
  try {
    const read = await loadFunction('read-secret', conjur);
    strictEqual(((await read({ name: NAME })) as { value: string }).value, await bare.readSecret(NAME));
    const event = toHttpApiEvent(NAME);
    return await measure({
      bare: () => bare.readSecret(NAME),
      direct: () => read({ name: NAME }),
      http: () => read(event),
    });
  } finally {
    await bare.close();
  }
}

/** @param limits of the slower form */
function toPart(where: string, turns: readonly Turns<Way>[], limits: { median: number; p99?: number }): Part {
  const ratiosOf = (way: Way, part: number): number[] =>
    turns.map((times) => percentile(times[way], part) / percentile(times.bare, part));
  const slower = (part: number): number[] => {
    const http = ratiosOf('http', part);
    return ratiosOf('direct', part).map((direct, index) => Math.max(direct, http[index] as number));
  };
  return {
    ratios: [
      toRatio(`warm read ÷ bare undici, ${where}, median`, slower(0.5), limits.median),
      toRatio(`warm read ÷ bare undici, ${where}, p99`, slower(0.99), limits.p99),
      ...(['direct', 'http'] as const).map((way) =>
        toRatio(`warm read, ${WORDS[way]} ÷ bare undici, ${where}, median`, ratiosOf(way, 0.5)),
      ),
    ],
    figures: (['bare', 'direct', 'http'] as const).map((way) => ({
      figure: `read, ${WORDS[way]}, ${where}`,
      unit: 'ms' as const,
      measured: summarize(turns.map((times) => percentile(times[way], 0.5))),
    })),
  };
}

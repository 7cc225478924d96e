import { strictEqual } from 'node:assert';
import type { BenchContext } from '../clients/bench-context.ts';
import type { Turn, Way } from '../clients/reader-process.ts';
import { type Reader, startReader } from '../clients/start-reader.ts';
import { inTurn, repeat, type Schedule } from '../clients/time-in-turn.ts';
import { type Ratio, toRatio } from '../report/ratio.ts';
import { joinParts, type Result } from '../report/result.ts';
import { percentile, summarize } from '../report/statistics.ts';
import { atRealPace, REAL_DELAY_MS } from '../server/at-real-pace.ts';
import type { ConjurAddress } from '../server/messages.ts';

const NAME = 'bench/warm-read';
const WORDS: Readonly<Record<Way, string>> = { bare: 'bare undici', direct: 'direct call', http: 'HTTP API event' };
const WAYS = Object.keys(WORDS) as Way[];

type Part = Omit<Result, 'title'>;
/** What each way took in one repetition. */
type Turns = Readonly<Record<Way, Turn>>;

/**
 * A warm read through the handler ÷ the same read by bare undici with a token in hand, at a Conjur that takes its time as a real one does:
 * what a caller waits. What has a limit is the slower of the two forms of a call.
 */
export async function compareWarmRead({ startConjur, scale }: BenchContext): Promise<Result> {
  const turns = await atRealPace({ startConjur }, (real) =>
    // Between two reads the processor has waited for 15 ms.
    readInTurn(real, { repetitions: 5, rounds: scale(10), warmUp: scale(2), inARow: 20 }),
  );
  return joinParts('warm read', [toPart(`${REAL_DELAY_MS} ms per request`, turns, { median: 1.01, p99: 1.05 })]);
}

/**
 * The same at the local Conjur as it is: what the processor's caches make of more code. And the processor time, which is what the functions
 * add wherever Conjur stands.
 */
export async function compareLoopback({ conjur, scale }: BenchContext): Promise<Result> {
  const schedule = { repetitions: 9, rounds: scale(25), warmUp: scale(50), inARow: 200 };
  const turns = await readInTurn(conjur, schedule);
  return joinParts('loopback', [toPart('loopback', turns, { median: 1.12 }), toProcessorTime(turns)]);
}

/** @param schedule `inARow`: reads in one turn */
async function readInTurn(conjur: ConjurAddress, schedule: Schedule & { readonly inARow: number }): Promise<Turns[]> {
  const readers = {} as Record<Way, Reader>;
  try {
    for (const way of WAYS) readers[way] = await startReader({ way, conjur, name: NAME });
    for (const way of WAYS) strictEqual(readers[way].value, readers.bare.value);
    return await repeat(schedule, async (rounds) => {
      const turns: Record<Way, Turn[]> = { bare: [], direct: [], http: [] };
      for (const way of inTurn(WAYS, rounds)) turns[way].push(await readers[way].take(schedule.inARow));
      return { bare: join(turns.bare), direct: join(turns.direct), http: join(turns.http) };
    });
  } finally {
    await Promise.all(Object.values(readers).map((reader) => reader.close()));
  }
}

function join(turns: readonly Turn[]): Turn {
  return {
    timesMs: turns.flatMap(({ timesMs }) => timesMs),
    processorUs: turns.reduce((sum, { processorUs }) => sum + processorUs, 0),
  };
}

/** @param limits of the slower form */
function toPart(where: string, turns: readonly Turns[], limits: { median: number; p99?: number }): Part {
  const at = (part: number) => (turn: Turn) => percentile(turn.timesMs, part);
  const median = at(0.5);
  return {
    ratios: [
      toSlower(`warm read ÷ bare undici, ${where}, median`, turns, median, limits.median),
      toSlower(`warm read ÷ bare undici, ${where}, p99`, turns, at(0.99), limits.p99),
      ...toRatios((words) => `warm read, ${words} ÷ bare undici, ${where}, median`, turns, median),
    ],
    figures: WAYS.map((way) => ({
      figure: `read, ${WORDS[way]}, ${where}`,
      unit: 'ms',
      measured: summarize(turns.map((of) => median(of[way]))),
    })),
  };
}

function toProcessorTime(turns: readonly Turns[]): Part {
  const ofRead = ({ processorUs, timesMs }: Turn): number => processorUs / timesMs.length;
  return {
    ratios: [
      toSlower("processor time of a warm read ÷ of bare undici's", turns, ofRead, 1.25),
      ...toRatios((words) => `processor time of a warm read, ${words} ÷ of bare undici's`, turns, ofRead),
    ],
    figures: WAYS.map((way) => ({
      figure: `processor time of a read, ${WORDS[way]}`,
      unit: 'µs',
      measured: summarize(turns.map((of) => ofRead(of[way]))),
    })),
  };
}

function toSlower(figure: string, turns: readonly Turns[], of: (turn: Turn) => number, limit?: number): Ratio {
  const slower = turns.map(({ bare, direct, http }) => Math.max(of(direct), of(http)) / of(bare));
  return toRatio(figure, slower, limit);
}

function toRatios(toFigure: (words: string) => string, turns: readonly Turns[], of: (turn: Turn) => number): Ratio[] {
  return (['direct', 'http'] as const).map((way) =>
    toRatio(
      toFigure(WORDS[way]),
      turns.map((turn) => of(turn[way]) / of(turn.bare)),
    ),
  );
}

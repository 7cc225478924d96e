import type { ConjurProcess } from '../server/start-conjur-process.ts';

/** What a comparison works with. */
export interface BenchContext {
  /** Has the variables of the comparisons. */
  readonly conjur: ConjurProcess;
  /** Another one, which adds so many milliseconds to every request. */
  readonly startConjur: (delayMs: number) => Promise<ConjurProcess>;
  /** A whole number of about this part of what a full run does, at least 1. */
  readonly scale: (count: number) => number;
}

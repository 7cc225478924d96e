import { type Summary, summarize } from './statistics.ts';

/** One thing divided by another, measured several times in one run. */
export interface Ratio {
  /** What was compared: `warm read ÷ bare undici, median`. */
  readonly figure: string;
  /** Of the repetitions in one run, or of the medians of several runs. */
  readonly measured: Summary;
  /** The medians of the runs, where there were several. */
  readonly runs?: readonly number[];
  /** Upper limit that the project sets itself; absent where it sets none. */
  readonly limit?: number;
  /** Whether the median keeps to the limit; that of every run, where there were several. */
  readonly met?: boolean;
}

/** @param repetitions the ratio of each repetition */
export function toRatio(figure: string, repetitions: readonly number[], limit?: number): Ratio {
  const measured = summarize(repetitions);
  return limit === undefined ? { figure, measured } : { figure, measured, limit, met: measured.median <= limit };
}

/** The same ratio of several runs as one: the spread of their medians. A limit is met where each run has met it. */
export function joinRatios(ratios: readonly [Ratio, ...Ratio[]]): Ratio {
  const [{ figure, limit }] = ratios;
  const runs = ratios.map(({ measured }) => measured.median);
  const joined = { figure, measured: summarize(runs), runs };
  return limit === undefined ? joined : { ...joined, limit, met: runs.every((median) => median <= limit) };
}

export const RATIO_HEADER = ['ratio', 'min', 'median', 'max', 'limit', ''];

/** One row, for `formatTable`. */
export function toRatioRow(ratio: Ratio): string[] {
  const { figure, measured, limit } = ratio;
  const { min, median, max } = measured;
  const verdict = limit === undefined ? ['', ''] : [limit.toFixed(3), toVerdict(ratio)];
  return [figure, ...[min, median, max].map((number) => number.toFixed(3)), ...verdict];
}

/** `met`, `NOT MET`, or in how many of several runs it was met. */
export function toVerdict({ runs, met, limit = 0 }: Ratio): string {
  if (met || runs === undefined) return met ? 'met' : 'NOT MET';
  return `NOT MET (met in ${runs.filter((median) => median <= limit).length} of ${runs.length})`;
}

import { type Summary, summarize } from './statistics.ts';

/** One thing divided by another, measured several times in one run. */
export interface Ratio {
  /** What was compared: `warm read ÷ bare undici, median`. */
  readonly figure: string;
  readonly measured: Summary;
  /** Upper limit that the project sets itself; absent where it sets none. */
  readonly limit?: number;
  /** Whether the median of all repetitions keeps to the limit. */
  readonly met?: boolean;
}

/** @param repetitions the ratio of each repetition */
export function toRatio(figure: string, repetitions: readonly number[], limit?: number): Ratio {
  const measured = summarize(repetitions);
  return limit === undefined ? { figure, measured } : { figure, measured, limit, met: measured.median <= limit };
}

export const RATIO_HEADER = ['ratio', 'min', 'median', 'max', 'limit', ''];

/** One row, for `formatTable`. */
export function toRatioRow({ figure, measured, limit, met }: Ratio): string[] {
  const { min, median, max } = measured;
  const verdict = limit === undefined ? ['', ''] : [limit.toFixed(3), met ? 'met' : 'NOT MET'];
  return [figure, ...[min, median, max].map((number) => number.toFixed(3)), ...verdict];
}

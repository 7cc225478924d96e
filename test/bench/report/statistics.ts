/** What is told of a series of figures. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws RangeError without figures */
export function summarize(figures: readonly number[]): Summary {
  return { min: percentile(figures, 0), median: percentile(figures, 0.5), max: percentile(figures, 1) };
}

/**
 * The figure below which a part of all lies, interpolated between neighbours.
 * @param part 0 to 1: 0.5 is the median
 * @throws RangeError without figures
 */
export function percentile(figures: readonly number[], part: number): number {
  if (figures.length === 0) throw new RangeError('There are no figures to summarize.');
  const sorted = Float64Array.from(figures).sort();
  const position = part * (sorted.length - 1);
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

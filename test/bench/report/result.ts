import type { Machine } from './describe-machine.ts';
import { formatTable } from './format-table.ts';
import { RATIO_HEADER, type Ratio, toRatioRow } from './ratio.ts';
import type { Summary } from './statistics.ts';

/** A figure that stands by itself, to make sense of the ratios. */
export interface Figure {
  readonly figure: string;
  readonly unit: 'ms' | 'requests' | 'reads/s' | 'MB';
  readonly measured: Summary;
}

/** What one comparison found. */
export interface Result {
  readonly title: string;
  readonly ratios: readonly Ratio[];
  readonly figures: readonly Figure[];
}

/** What several parts of one comparison found. */
export function joinParts(title: string, parts: readonly Omit<Result, 'title'>[]): Result {
  return {
    title,
    ratios: parts.flatMap(({ ratios }) => ratios),
    figures: parts.flatMap(({ figures }) => figures),
  };
}

export function formatResults(results: readonly Result[]): string {
  const ratios = results.flatMap((result) => result.ratios.map(toRatioRow));
  const figures = results.flatMap((result) => result.figures.map(toFigureRow));
  return [
    formatTable(RATIO_HEADER, ratios),
    '',
    formatTable(['figure', 'min', 'median', 'max', 'unit'], figures),
    '',
  ].join('\n');
}

function toFigureRow({ figure, unit, measured }: Figure): string[] {
  const digits = unit === 'ms' || unit === 'MB' ? 2 : 0;
  return [figure, ...[measured.min, measured.median, measured.max].map((number) => number.toFixed(digits)), unit];
}

/** Everything that a run found, as it is written in JSON. */
export interface Report {
  readonly machine: Machine;
  readonly results: readonly Result[];
}

import type { Machine } from './describe-machine.ts';
import { formatTable } from './format-table.ts';
import { joinRatios, RATIO_HEADER, type Ratio, toRatioRow } from './ratio.ts';
import { type Summary, summarize } from './statistics.ts';

/** A figure that stands by itself, to make sense of the ratios. */
export interface Figure {
  readonly figure: string;
  readonly unit: 'ms' | 'µs' | 'requests' | 'reads/s' | 'MB';
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

/** The results of several runs as one: of each figure, the spread of the medians. All runs have the same figures. */
export function joinRuns(runs: readonly (readonly Result[])[]): readonly Result[] {
  const [first = []] = runs;
  if (runs.length === 1) return first;
  return first.map(({ title, ratios, figures }, index) => {
    const all = runs.map((run) => run[index] as Result);
    return {
      title,
      ratios: ratios.map((_, at) => joinRatios(all.map((result) => result.ratios[at]) as [Ratio, ...Ratio[]])),
      figures: figures.map((figure, at) => ({
        ...figure,
        measured: summarize(all.map((result) => (result.figures[at] as Figure).measured.median)),
      })),
    };
  });
}

/** What the project claims, and then what stands in no table but in JSON. */
export function formatResults(results: readonly Result[], everything: boolean): string {
  const ratios = results.flatMap((result) => result.ratios);
  const claims = formatTable(RATIO_HEADER, ratios.filter(({ limit }) => limit !== undefined).map(toRatioRow));
  if (!everything) return `${claims}\n`;
  const others = ratios.filter(({ limit }) => limit === undefined).map(toRatioRow);
  const figures = results.flatMap((result) => result.figures.map(toFigureRow));
  return [
    claims,
    '',
    ...(others.length === 0
      ? []
      : [
          formatTable(
            RATIO_HEADER.slice(0, 4),
            others.map((row) => row.slice(0, 4)),
          ),
          '',
        ]),
    formatTable(['figure', 'min', 'median', 'max', 'unit'], figures),
    '',
  ].join('\n');
}

function toFigureRow({ figure, unit, measured }: Figure): string[] {
  const digits = unit === 'ms' || unit === 'MB' ? 2 : unit === 'µs' ? 1 : 0;
  return [figure, ...[measured.min, measured.median, measured.max].map((number) => number.toFixed(digits)), unit];
}

/** Everything that a run found, as it is written in JSON. */
export interface Report {
  readonly machine: Machine;
  /** How often everything was measured. */
  readonly runs: number;
  readonly results: readonly Result[];
}

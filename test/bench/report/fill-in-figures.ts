import { type Ratio, toVerdict } from './ratio.ts';
import type { Report } from './result.ts';

const BEGIN = '<!-- figures: written by the benchmarks -->';
const END = '<!-- end of figures -->';

/**
 * What was measured of a genuine Conjur 1.x on a quiet machine, where no benchmark runs: it stands beside what the local one gives. By the
 * beginning of the figure.
 */
const GENUINE: Readonly<Record<string, string>> = {
  'warm read ÷ bare undici, 15 ms per request, median': '0.95 (noise)',
  'write to an existing variable': '25 ms; 112 ms where the name is new',
  'batch of 50 ÷ 50 reads in sequence': '0.060 to 0.082',
};

/** What the short table has, by the beginning of the figure. */
const SHORT: readonly string[] = [
  'warm read ÷ bare undici, 15 ms per request, median',
  'processor time of a warm read ÷',
  'write to an existing variable',
  'batch of 50 ÷ 50 reads in sequence',
  'cold start of read-secret ÷ plain bundle, with login',
  'cold start of read-secret ÷ hand-written handler, with login',
];

/**
 * Puts the table of what is claimed into a document, between the two comments that mark its place.
 * @param short with the half of it that a reader looks for first
 * @throws Error where the document has no such place
 */
export function fillInFigures(document: string, reports: readonly Report[], short = false): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The document has no place for figures: ${BEGIN} … ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n${short ? toShortMarkdown(reports) : toMarkdown(reports)}\n${document.slice(end)}`;
}

function toShortMarkdown(reports: readonly Report[]): string {
  const ratios = listClaims(reports).filter(({ figure }) => SHORT.some((beginning) => figure.startsWith(beginning)));
  return [
    '| ratio | median | limit | |',
    '|---|--:|--:|---|',
    ...ratios.map(
      (ratio) => `| ${ratio.figure} | ${ratio.measured.median.toFixed(3)} | ${ratio.limit} | ${toMark(ratio)} |`,
    ),
  ].join('\n');
}

function listClaims(reports: readonly Report[]): Ratio[] {
  return reports
    .flatMap(({ results }) => results.flatMap((result) => result.ratios))
    .filter(({ limit }) => limit !== undefined);
}

function toMarkdown(reports: readonly Report[]): string {
  return [
    '',
    ...reports.map(toMachine),
    '',
    '| ratio | least | median | most | limit | | a genuine Conjur |',
    '|---|--:|--:|--:|--:|---|---|',
    ...listClaims(reports).map(toRow),
    '',
  ].join('\n');
}

function toMachine({ machine, runs, results }: Report): string {
  const { node, processors, processor, load } = machine;
  const kind = results.some(({ title }) => title.startsWith('cold start')) ? 'Cold starts' : 'Warm';
  return `${kind}: ${runs === 1 ? 'one run' : `the medians of ${runs} runs`}, Node ${node}, ${processors} processors (${processor}), load before it ${load}.`;
}

function toRow(ratio: Ratio): string {
  const { figure, measured, limit } = ratio;
  const values = [measured.min, measured.median, measured.max].map((value) => value.toFixed(3));
  const genuine = Object.entries(GENUINE).find(([beginning]) => figure.startsWith(beginning))?.[1] ?? '';
  return `| ${figure} | ${values.join(' | ')} | ${limit} | ${toMark(ratio)} | ${genuine} |`;
}

function toMark(ratio: Ratio): string {
  return toVerdict(ratio).replace('NOT MET', '**not met**');
}

import type { Ratio } from './ratio.ts';
import type { Figure, Report } from './result.ts';

const BEGIN = '<!-- figures: written by the benchmarks -->';
const END = '<!-- end of figures -->';

/**
 * Puts the figures into a document, between the two comments that mark their place.
 * @throws Error where the document has no such place
 */
export function fillInFigures(document: string, reports: readonly Report[]): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The document has no place for figures: ${BEGIN} … ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n${toMarkdown(reports)}\n${document.slice(end)}`;
}

function toMarkdown(reports: readonly Report[]): string {
  const ratios = reports.flatMap(({ results }) => results.flatMap((result) => result.ratios));
  const figures = reports.flatMap(({ results }) => results.flatMap((result) => result.figures));
  const limited = ratios.filter(({ limit }) => limit !== undefined);
  const others = ratios.filter(({ limit }) => limit === undefined);
  return [
    '',
    ...new Set(reports.map(toMachine)),
    '',
    '| ratio | least | median | most | limit | |',
    '|---|--:|--:|--:|--:|---|',
    ...limited.map((ratio) => `${toCells(ratio)} ${ratio.limit} | ${ratio.met ? 'met' : '**not met**'} |`),
    '',
    '| ratio without a limit | least | median | most |',
    '|---|--:|--:|--:|',
    ...others.map(toCells),
    '',
    '| figure | least | median | most | unit |',
    '|---|--:|--:|--:|---|',
    ...figures.map(toFigureCells),
    '',
  ].join('\n');
}

function toMachine({ machine }: Report): string {
  const { node, processors, processor, load } = machine;
  return `Measured with Node ${node} on ${processors} processors (${processor}); load when the run began: ${load}.`;
}

function toCells({ figure, measured }: Ratio): string {
  return `| ${figure} | ${[measured.min, measured.median, measured.max].map((value) => value.toFixed(3)).join(' | ')} |`;
}

function toFigureCells({ figure, measured, unit }: Figure): string {
  const digits = unit === 'ms' || unit === 'MB' ? 2 : 0;
  const values = [measured.min, measured.median, measured.max].map((value) => value.toFixed(digits));
  return `| ${figure} | ${values.join(' | ')} | ${unit} |`;
}

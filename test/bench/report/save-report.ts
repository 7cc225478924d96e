import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawChart } from './draw-chart.ts';
import { fillInFigures } from './fill-in-figures.ts';
import type { Report } from './result.ts';

/** Files that a run writes, where they are asked for. */
export interface ReportFiles {
  readonly json?: string | undefined;
  readonly svg?: string | undefined;
  readonly docs?: string | undefined;
}

const FOLDER = fileURLToPath(new URL('../../../.local/bench', import.meta.url));

/** Keeps a report for the chart and the document, which show what both benchmarks found last, and writes what was asked for. */
export function saveReport(
  kind: 'warm' | 'cold',
  report: Report & Readonly<Record<string, unknown>>,
  { json, svg, docs }: ReportFiles,
): void {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/${kind}.json`, text);
  if (json !== undefined) writeFileSync(json, text);
  const reports = [...load('cold'), ...load('warm')];
  if (svg !== undefined) writeFileSync(svg, drawChart(reports.flatMap(({ results }) => results)));
  if (docs !== undefined) writeFileSync(docs, fillInFigures(readFileSync(docs, 'utf8'), reports));
}

function load(kind: 'warm' | 'cold'): Report[] {
  const file = `${FOLDER}/${kind}.json`;
  return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as Report] : [];
}

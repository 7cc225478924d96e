import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawChart } from './draw-chart.ts';
import { fillInFigures } from './fill-in-figures.ts';
import type { Report } from './result.ts';

/** What a run writes, where it is asked for. */
export interface ReportFiles {
  readonly json?: string | undefined;
  /** Put what both benchmarks found last into the documentation. */
  readonly publish: boolean;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');
const FOLDER = `${ROOT}/.local/bench`;
/** Have a place for the table; the README for the short one. */
const PAGES = ['docs/performance.md', 'README.md'];

/**
 * Keeps a report, and publishes on request what both benchmarks found last: the table in two pages, the chart, and everything as JSON.
 * @returns where the whole report lies
 */
export function saveReport(
  kind: 'warm' | 'cold',
  report: Report & Readonly<Record<string, unknown>>,
  { json, publish }: ReportFiles,
): string {
  const text = toText(report);
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/${kind}.json`;
  writeFileSync(file, text);
  if (json !== undefined) writeFileSync(json, text);
  if (publish) publishReports();
  return json ?? file;
}

function publishReports(): void {
  const [warm, cold] = [load('warm'), load('cold')];
  const reports = [warm, cold].filter((report) => report !== undefined);
  writeFileSync(`${ROOT}/docs/bench.json`, toText({ warm, cold }));
  writeFileSync(`${ROOT}/docs/bench.svg`, drawChart(reports.flatMap(({ results }) => results)));
  for (const page of PAGES) {
    const path = `${ROOT}/${page}`;
    writeFileSync(path, fillInFigures(readFileSync(path, 'utf8'), reports, page === 'README.md'));
  }
}

function load(kind: 'warm' | 'cold'): Report | undefined {
  const file = `${FOLDER}/${kind}.json`;
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

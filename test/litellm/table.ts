import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Cost {
  /** That reached Conjur. A median: now and then a token is renewed. */
  readonly requests: number;
  /** Median. */
  readonly ms: number;
}

/** What the side-by-side run measured. */
export interface Measured {
  readonly litellm: string;
  readonly rounds: number;
  readonly rows: readonly {
    readonly operation: string;
    readonly costs: Readonly<Record<'theirs' | 'lambda' | 'http', Cost>>;
    /** What ours does differently. */
    readonly difference: string;
  }[];
}

const DOCUMENT = fileURLToPath(new URL('../../docs/litellm-hooks.md', import.meta.url));
const BEGIN = '<!-- figures: written by npm run test:litellm -- --write -->';
const END = '<!-- end of figures -->';

/** Whether the document has the numbers of requests that were measured. Times differ from machine to machine. */
export function checkTable(measured: Measured): { name: string; passed: boolean }[] {
  const lines = placeIn(readFileSync(DOCUMENT, 'utf8')).table.split('\n');
  return measured.rows.map((row) => {
    const cells = lines.find((line) => line.startsWith(`| ${row.operation} |`))?.split('|') ?? [];
    const { theirs, lambda } = row.costs;
    const passed = Number(cells[2]) === theirs.requests && Number(cells[4]) === lambda.requests;
    return { name: `The table has the requests of "${row.operation}" as they were measured.`, passed };
  });
}

/** Writes the table into the document. */
export function writeTable(measured: Measured): { name: string; passed: boolean }[] {
  const document = readFileSync(DOCUMENT, 'utf8');
  const { before, after } = placeIn(document);
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n${format(measured)}${after}`);
  return checkTable(measured);
}

/** @throws Error where the document has no place for the table */
function placeIn(document: string): { before: string; table: string; after: string } {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} has no place for the figures: ${BEGIN} … ${END}`);
  return {
    before: document.slice(0, begin),
    table: document.slice(begin + BEGIN.length, end),
    after: document.slice(end),
  };
}

function format({ litellm, rounds, rows }: Measured): string {
  const time = (cost: Cost): string => cost.ms.toFixed(cost.ms < 10 ? 1 : 0);
  return [
    '',
    `LiteLLM ${litellm}; medians of ${rounds}.`,
    '',
    '| operation | class: requests | class: ms | ours: requests | ours by `lambda`: ms | ours by `http`: ms | what ours does differently |',
    '|---|--:|--:|--:|--:|--:|---|',
    ...rows.map(({ operation, costs: { theirs, lambda, http }, difference }) => {
      const figures = [theirs.requests, time(theirs), lambda.requests, time(lambda), time(http)];
      return `| ${operation} | ${figures.join(' | ')} | ${difference} |`;
    }),
    '',
    '',
  ].join('\n');
}

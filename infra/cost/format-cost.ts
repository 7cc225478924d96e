import { type Bill, countRareMetrics, type ExtensionUse, type Item, type Stack, type Use } from './estimate.ts';
import { PRICED, type Price, type PriceTable } from './prices.ts';

/** Everything that the command found. */
export interface Cost {
  readonly use: Use & ExtensionUse;
  readonly prices: PriceTable;
  readonly stack: Stack;
  readonly http: Bill;
  readonly direct: Bill;
  readonly extension: Bill;
}

const BEGIN = '<!-- cost: written by npm run cost -->';
const END = '<!-- end of cost -->';

/**
 * Puts the cost into a document, between the two comments that mark its place.
 * @throws Error where the document has no such place
 */
export function fillInCost(document: string, cost: Cost): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The document has no place for the cost: ${BEGIN} … ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n\n${formatCost(cost)}\n${document.slice(end)}`;
}

/** The bills side by side, in Markdown that is also readable in a terminal. */
export function formatCost(cost: Cost): string {
  return [
    describeUse(cost),
    '',
    ...toTable(
      ['USD a month', 'quantity', 'HTTP API', 'direct', 'Secrets Manager'],
      [
        ...toRows(cost, 'fixed'),
        ['**by the month**', '', ...totals(cost, ({ fixedUsd }) => fixedUsd)],
        ...toRows(cost, 'use'),
        ['**by use**', '', ...totals(cost, ({ useUsd }) => useUsd)],
        ['**all**', '', ...totals(cost, ({ usd }) => usd)],
      ],
    ),
    '',
    `Prices of ${cost.prices.region}, ${cost.prices.date}, in USD, without the free tier:`,
    '',
    ...toTable(
      ['price', 'USD', 'for'],
      PRICED.map((name) => toPriceRow(name, cost.prices.prices[name])),
    ),
    '',
  ].join('\n');
}

function describeUse({ use, stack, prices }: Cost): string {
  const { facts, lines, accessLineBytes } = stack;
  const { reads, memoryMb, p50Ms, coldPercent, initMs, secrets, containers } = use;
  return [
    `${count(reads)} reads a month, ${memoryMb} MB (${facts.architecture}), ${p50Ms} ms billed for each; ${coldPercent} % of them start a container, ${initMs} ms billed for that.`,
    `A call logs ${lines.direct.bytes} bytes, over HTTP ${lines.http.bytes} and ${accessLineBytes ?? 0} of access log, kept for ${facts.logRetentionDays} days. ${facts.alarms} alarms; the direct column has no HTTP API to watch.`,
    `The last column: ${secrets} secrets in AWS Secrets Manager, read through its extension in ${containers} containers of the programs' own.`,
    `Not in it: up to ${countRareMetrics(stack)} custom metrics that are written only in hours in which something is written, rotated or fails, ${usd(prices.prices.customMetrics.usd)} a month each.`,
  ].join('\n');
}

type Columns = readonly [Bill, Bill, Bill];

function columnsOf({ http, direct, extension }: Cost): Columns {
  return [http, direct, extension];
}

function totals(cost: Cost, pick: (bill: Bill) => number): string[] {
  return columnsOf(cost).map((bill) => `**${usd(pick(bill))}**`);
}

/** A row for each item that any bill has; the quantity is that of the first which has it. */
function toRows(cost: Cost, paid: Item['paid']): string[][] {
  const columns = columnsOf(cost);
  const names = new Set(
    columns.flatMap(({ items }) => items.filter((item) => item.paid === paid).map(({ item }) => item)),
  );
  return [...names].map((name) => {
    const items = columns.map((bill) => bill.items.find(({ item }) => item === name));
    const quantities = [...new Set(items.flatMap((item) => (item === undefined ? [] : amount(item.quantity))))];
    const unit = toUnit(items.find((item) => item !== undefined)?.unit ?? '', quantities);
    return [
      name,
      `${quantities.join(' · ')} ${unit}`,
      ...items.map((item) => (item === undefined ? '' : usd(item.usd))),
    ];
  });
}

function toUnit(unit: string, quantities: readonly string[]): string {
  return quantities.length === 1 && quantities[0] === '1' ? unit.replace(/s$/, '') : unit;
}

function toPriceRow(name: string, { usd: dollars, per, unit, source }: Price): string[] {
  const what = per === 1 ? unit.replace(/s$/, '') : `${count(per)} ${unit}`;
  return [`\`${name}\``, String(dollars), `[${what}](${source})`];
}

/** Names to the left, figures to the right. */
function toTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const isText = (column: number): boolean => column === 0 || header[column] === 'for';
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)];
}

function usd(dollars: number): string {
  return dollars.toFixed(2);
}

function amount(quantity: number): string {
  return quantity >= 100 || Number.isInteger(quantity) ? count(Math.round(quantity)) : quantity.toFixed(2);
}

/** Written out, so that no machine's language decides. */
function count(whole: number): string {
  return String(whole).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

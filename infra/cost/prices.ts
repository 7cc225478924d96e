import { readFileSync } from 'node:fs';

/** What is paid for, by its key in prices.json. */
export const PRICED = [
  'lambdaRequests',
  'lambdaGbSecondsArm64',
  'lambdaGbSecondsX86',
  'httpApiRequests',
  'logsIngested',
  'logsStored',
  'customMetrics',
  'alarmMetrics',
  'dashboards',
  'secrets',
  'secretsManagerCalls',
  'kmsKeys',
  'kmsRequests',
  'schedulerInvocations',
] as const;

export type Priced = (typeof PRICED)[number];

/** `usd` for every `per` of `unit`. */
export interface Price {
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  /** AWS's page. */
  readonly source: string;
}

export interface PriceTable {
  /** Day on which the prices were looked up: `2026-11-27`. */
  readonly date: string;
  readonly region: string;
  readonly prices: Readonly<Record<Priced, Price>>;
}

/** The table that comes with the project: AWS's list prices of one region on one day. */
export function readPriceTable(): PriceTable {
  return JSON.parse(readFileSync(new URL('./prices.json', import.meta.url), 'utf8')) as PriceTable;
}

/**
 * Puts a user's own prices over a table: another region's, or what a contract says. What the text leaves out stays as it is.
 * @param text JSON in the form of prices.json; a price may be the number of dollars alone
 * @throws RangeError that names what is wrong
 * @example
 * withPrices(readPriceTable(), '{"region":"eu-central-1","date":"2026-12-01","prices":{"logsIngested":0.63}}');
 */
export function withPrices(table: PriceTable, text: string): PriceTable {
  const given = parseObject(text);
  const known: readonly string[] = ['date', 'region', 'currency', 'prices'];
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new RangeError(`it has "${unknown}", which is none of ${known.join(', ')}`);
  if (given.currency !== undefined && given.currency !== 'USD') throw new RangeError('"currency" must be USD');
  const prices: Record<Priced, Price> = { ...table.prices };
  for (const [name, value] of Object.entries(toObject(given.prices ?? {}, '"prices"'))) {
    const priced = PRICED.find((candidate) => candidate === name);
    if (priced === undefined) throw new RangeError(`"${name}" is not priced; it takes ${PRICED.join(', ')}`);
    prices[priced] = toPrice(name, prices[priced], value);
  }
  return { date: toText(given, 'date', table.date), region: toText(given, 'region', table.region), prices };
}

function toPrice(name: string, price: Price, value: unknown): Price {
  const given = typeof value === 'number' ? { usd: value } : toObject(value, `"${name}"`);
  const usd = given.usd ?? price.usd;
  const per = given.per ?? price.per;
  if (typeof usd !== 'number' || !(usd >= 0)) throw new RangeError(`"${name}" must be a number of dollars`);
  if (typeof per !== 'number' || !(per > 0)) throw new RangeError(`"per" of "${name}" must be a number above 0`);
  return { ...price, usd, per };
}

function toText(given: Readonly<Record<string, unknown>>, key: string, byDefault: string): string {
  const value = given[key] ?? byDefault;
  if (typeof value !== 'string' || value === '') throw new RangeError(`"${key}" must be a text`);
  return value;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RangeError('it is not JSON');
  }
  return toObject(value, 'it');
}

function toObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RangeError(`${what} must be a JSON object`);
  return value as Record<string, unknown>;
}

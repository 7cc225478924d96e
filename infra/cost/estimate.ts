import type { Line, LogLines } from './log-lines.ts';
import type { Priced, PriceTable } from './prices.ts';
import { MONTH_HOURS, type StackFacts } from './stack-facts.ts';

/** How a stack is used in a month. */
export interface Use {
  readonly reads: number;
  /** Memory of read-secret in MB. */
  readonly memoryMb: number;
  /** What Lambda bills for a warm read, in milliseconds. */
  readonly p50Ms: number;
  /** Percentage of the reads that start a container. */
  readonly coldPercent: number;
  /** What Lambda bills for a start, in milliseconds. */
  readonly initMs: number;
}

/** The same programs with AWS Secrets Manager and its extension, which keeps values in their own containers. */
export interface ExtensionUse {
  readonly reads: number;
  /** Secrets that are kept in Secrets Manager. */
  readonly secrets: number;
  /** Containers of the programs that run at once, each with a cache of its own. */
  readonly containers: number;
}

/** What is measured, and not assumed. */
export interface Stack {
  readonly facts: StackFacts;
  readonly lines: LogLines;
  /** Bytes of a line of the access log; undefined without an HTTP API. */
  readonly accessLineBytes: number | undefined;
}

/** A line of the bill. */
export interface Item {
  readonly item: string;
  readonly quantity: number;
  readonly unit: string;
  readonly usd: number;
  /** By the month, however little is called, or by use. */
  readonly paid: 'fixed' | 'use';
}

export interface Bill {
  readonly items: readonly Item[];
  readonly fixedUsd: number;
  readonly useUsd: number;
  readonly usd: number;
}

/** Seconds after which the extension asks for a secret anew: SECRETS_MANAGER_TTL. */
const EXTENSION_TTL_SECONDS = 300;
const HOUR_SECONDS = 3_600;
const DAYS_A_MONTH = MONTH_HOURS / 24;
const GB = 1e9;

/** What a month costs with these functions, by what their template has and their log lines weigh. */
export function estimateStack({ facts, lines, accessLineBytes }: Stack, use: Use, table: PriceTable): Bill {
  const price = createPricing(table);
  const scheduled = facts.heartbeats + facts.keyAgeLooks;
  const starts = (use.reads * use.coldPercent) / 100;
  const duration = facts.architecture === 'arm64' ? 'lambdaGbSecondsArm64' : 'lambdaGbSecondsX86';
  const toGbSeconds = (ms: number): number => (ms / 1_000) * (use.memoryMb / 1_024);
  const line = accessLineBytes === undefined ? lines.direct : lines.http;
  const logs = use.reads * (line.bytes + (accessLineBytes ?? 0));
  return toBill([
    price('secrets', 'fixed', 'credentials in Secrets Manager', facts.secrets),
    price('kmsKeys', 'fixed', 'their key in KMS', facts.kmsKeys),
    price('alarmMetrics', 'fixed', 'metrics that alarms watch', facts.alarmMetrics),
    price('customMetrics', 'fixed', 'custom metrics', countMetrics(facts, [line, lines.heartbeat])),
    price('dashboards', 'fixed', 'dashboard', facts.dashboards),
    joinItems('schedules, with their calls and log lines', [
      price('schedulerInvocations', 'fixed', '', scheduled),
      price('lambdaRequests', 'fixed', '', scheduled),
      price(duration, 'fixed', '', scheduled * toGbSeconds(use.p50Ms)),
      price('logsIngested', 'fixed', '', (scheduled * lines.heartbeat.bytes) / GB),
    ]),
    price('lambdaRequests', 'use', 'Lambda, requests', use.reads),
    price(duration, 'use', 'Lambda, duration', use.reads * toGbSeconds(use.p50Ms) + starts * toGbSeconds(use.initMs)),
    ...(accessLineBytes === undefined ? [] : [price('httpApiRequests', 'use', 'HTTP API', use.reads)]),
    price('logsIngested', 'use', 'log lines', logs / GB),
    price('logsStored', 'use', 'log lines, kept', ((logs / GB) * facts.logRetentionDays) / DAYS_A_MONTH),
    price('secretsManagerCalls', 'use', 'Secrets Manager, calls', starts),
    price('kmsRequests', 'use', 'KMS, requests', starts),
  ]);
}

/** What a month costs where the secrets are in Secrets Manager, read through AWS's extension in the programs' own containers. */
export function estimateExtension({ reads, secrets, containers }: ExtensionUse, table: PriceTable): Bill {
  const price = createPricing(table);
  const looks = containers * secrets * ((MONTH_HOURS * HOUR_SECONDS) / EXTENSION_TTL_SECONDS);
  return toBill([
    price('secrets', 'fixed', 'secrets in Secrets Manager', secrets),
    price('secretsManagerCalls', 'use', 'Secrets Manager, calls', Math.min(reads, looks)),
  ]);
}

/** Custom metrics that are written only when something fails or is rotated, beside those of every bill. */
export function countRareMetrics({ facts, lines }: Stack): number {
  return facts.ownMetrics - alwaysWritten([lines.direct, lines.heartbeat]) - facts.keyAges;
}

/** Those of the lines all month; an age that is looked at once a day, for the hours in which it is. */
function countMetrics(facts: StackFacts, lines: readonly Line[]): number {
  return alwaysWritten(lines) + facts.keyAgeLooks / MONTH_HOURS;
}

function alwaysWritten(lines: readonly Line[]): number {
  return new Set(lines.flatMap(({ metrics }) => metrics)).size;
}

/** Several items as one, with the quantity of the first. */
function joinItems(item: string, items: readonly [Item, ...Item[]]): Item {
  return { ...items[0], item, usd: items.reduce((total, { usd }) => total + usd, 0) };
}

function createPricing({ prices }: PriceTable) {
  return (priced: Priced, paid: Item['paid'], item: string, quantity: number): Item => {
    const { usd, per, unit } = prices[priced];
    return { item, quantity, unit, usd: (quantity / per) * usd, paid };
  };
}

function toBill(items: readonly Item[]): Bill {
  const sum = (paid?: Item['paid']): number =>
    items.filter((item) => paid === undefined || item.paid === paid).reduce((total, { usd }) => total + usd, 0);
  return { items, fixedUsd: sum('fixed'), useUsd: sum('use'), usd: sum() };
}

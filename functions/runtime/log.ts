import type { LogFields, Logger } from '../../lib/logger.ts';

type Log = (message: string, fields?: LogFields, more?: JsonFields) => void;

/** A {@link Logger} whose lines may end with fields that are JSON already. */
export interface LineLogger extends Logger {
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

/**
 * One JSON object per line, in the fields of Lambda's own JSON logs.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function createLogger(write: (line: string) => void, now: () => number): LineLogger {
  // Joined as text: every call writes a line, and to copy its fields into one object first is half of the work.
  const log =
    (level: string): Log =>
    (message, fields = {}, more = '') => {
      const head = `"timestamp":"${toTimestamp(now())}","level":"${level}","message":${JSON.stringify(message)}`;
      write(`{${joinFields(head, joinFields(toJsonFields(fields), more))}}`);
    };
  return { debug: log('DEBUG'), info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

let lastSecond = { second: Number.NaN, text: '' };

/** As `toISOString`, of which all but the milliseconds is the same for a second's lines. */
function toTimestamp(nowMs: number): string {
  const second = Math.floor(nowMs / 1_000);
  if (second !== lastSecond.second)
    lastSecond = { second, text: new Date(second * 1_000).toISOString().slice(0, -'000Z'.length) };
  return `${lastSecond.text}${String(Math.floor(nowMs) - second * 1_000).padStart(3, '0')}Z`;
}

/**
 * Fields of a JSON object as text, without the braces: `"a":1,"b":2`, or nothing. Most of what declares a line's metrics is the same in
 * every line, and so it is serialised once and not with every call.
 */
export type JsonFields = string;

export function toJsonFields(fields: Readonly<Record<string, unknown>>): JsonFields {
  return JSON.stringify(fields).slice(1, -1);
}

export function joinFields(first: JsonFields, second: JsonFields): JsonFields {
  return first === '' || second === '' ? first + second : `${first},${second}`;
}

/** CloudWatch namespace of the functions' own metrics. */
export const METRICS_NAMESPACE = 'conjur-functions';

/** A CloudWatch unit that this project uses. */
export type EmfUnit = 'Count' | 'Seconds' | 'Milliseconds';

export interface EmfMetric {
  /** Letters, digits and `_`; no dimension's, and each once. */
  readonly name: string;
  readonly unit: EmfUnit;
  readonly value: number;
}

/**
 * Metrics in CloudWatch's embedded metric format, as fields of a log line. Written to the function's standard output they become metrics
 * without a call to AWS; the line itself stays in the log.
 * @param metrics 1 to 100
 * @param nowMs milliseconds since 1970
 * @throws TypeError where a limit or a name is broken: a mistake of the program, not of a caller
 */
export type ToEmf = (metrics: readonly EmfMetric[], nowMs: number) => JsonFields;

/**
 * Forms metrics of one namespace and one dimension set.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param namespace CloudWatch namespace, such as `ConjurFunctions`
 * @param dimensions at most 30, by name; together they are one dimension set
 */
export function createEmf(namespace: string, dimensions: Readonly<Record<string, string>>): ToEmf {
  const dimensionNames = Object.keys(dimensions);
  // A function writes a handful of sets of metrics, and one of them with every call: what declares a set is formed once.
  const declarations = new Map<string, JsonFields>();

  function declare(metrics: readonly EmfMetric[]): JsonFields {
    assertWithinLimits(
      dimensionNames,
      metrics.map(({ name }) => name),
    );
    const declaration = {
      Namespace: namespace,
      Dimensions: [dimensionNames],
      Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
    };
    return joinFields(`"CloudWatchMetrics":${JSON.stringify([declaration])}}`, toJsonFields(dimensions));
  }

  return (metrics, nowMs) => {
    let set = '';
    let values = '';
    for (const { name, unit, value } of metrics) {
      set += `${name} ${unit},`;
      values += `,"${name}":${JSON.stringify(value)}`;
    }
    const declaration = declarations.get(set) ?? declare(metrics);
    declarations.set(set, declaration);
    return `"_aws":{"Timestamp":${nowMs},${declaration}${values}`;
  };
}

/**
 * {@link createEmf} for the metrics of one of the functions.
 * @param functionName where AWS does not say what it is called
 * @param dimensions beside `function_name`; each of their values is a metric of its own, with a price of its own
 */
export function createFunctionEmf(functionName: string, dimensions: Readonly<Record<string, string>> = {}): ToEmf {
  return createEmf(METRICS_NAMESPACE, {
    function_name: process.env.AWS_LAMBDA_FUNCTION_NAME ?? functionName,
    ...dimensions,
  });
}

const METRIC_NAME = /^\w{1,100}$/;

function assertWithinLimits(dimensionNames: readonly string[], names: readonly string[]): void {
  if (dimensionNames.length > 30) throw new TypeError('At most 30 dimensions fit into a set.');
  if (names.length === 0 || names.length > 100) throw new TypeError('A line holds between 1 and 100 metrics.');
  const odd = names.find((name) => !METRIC_NAME.test(name));
  if (odd !== undefined) throw new TypeError(`The metric "${odd}" has a name of more than letters, digits and "_".`);
  const twice = names.find(
    (name, index) => dimensionNames.includes(name) || name === '_aws' || names.indexOf(name) !== index,
  );
  if (twice !== undefined) throw new TypeError(`The metric "${twice}" has the name of another field of the line.`);
}

/** What Lambda says of the trace of an invocation, in `_X_AMZN_TRACE_ID`. */
interface Trace {
  /** X-Ray's id: `1-5759e988-bd862e3fe1be46a994272793`. */
  readonly traceId: string;
  readonly traceparent: string | undefined;
}

const ROOT = /(?:^|;)\s*Root=(1-([0-9a-f]{8})-([0-9a-f]{24}))(?:;|$)/;
const PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})(?:;|$)/;

/**
 * The trace of an invocation, as X-Ray names it and as the header `traceparent` of the W3C does: a trace that began at a caller goes on in
 * whatever Conjur, or a proxy in front of it, records.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 * @param header `Root=1-…;Parent=…;Sampled=1`
 */
export function parseTrace(header: string | undefined): Trace | undefined {
  // Asked for by each request to Conjur and by the line, of the same invocation.
  if (header !== lastTrace.header) lastTrace = { header, trace: toTrace(header) };
  return lastTrace.trace;
}

let lastTrace: { readonly header: string | undefined; readonly trace: Trace | undefined } = {
  header: undefined,
  trace: undefined,
};

function toTrace(header: string | undefined): Trace | undefined {
  const [, traceId, epoch, unique] = ROOT.exec(header ?? '') ?? [];
  if (traceId === undefined) return undefined;
  const [, parent] = PARENT.exec(header ?? '') ?? [];
  const sampled = /(?:^|;)\s*Sampled=1(?:;|$)/.test(header ?? '') ? '01' : '00';
  return { traceId, traceparent: parent === undefined ? undefined : `00-${epoch}${unique}-${parent}-${sampled}` };
}

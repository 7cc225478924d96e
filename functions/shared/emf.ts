/** CloudWatch namespace of the functions' own metrics. */
export const METRICS_NAMESPACE = 'conjur-functions';

/** A CloudWatch unit that this project uses. */
export type EmfUnit = 'Count' | 'Seconds' | 'Milliseconds';

export interface EmfMetric {
  readonly value: number;
  readonly unit: EmfUnit;
}

/**
 * Metrics in CloudWatch's embedded metric format, as fields of a log line. Written to the function's standard output they become metrics
 * without a call to AWS; the line itself stays in the log.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param namespace CloudWatch namespace, such as `ConjurFunctions`
 * @param dimensions at most 30, by name; together they are one dimension set
 * @param metrics at most 100, by name; no name may be a dimension's
 * @param nowMs milliseconds since 1970
 * @throws TypeError where a limit or a name is broken: a mistake of the program, not of a caller
 */
export function toEmf(
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
  metrics: Readonly<Record<string, EmfMetric>>,
  nowMs: number,
): Record<string, unknown> {
  const names = Object.keys(metrics);
  const dimensionNames = Object.keys(dimensions);
  assertWithinLimits(dimensionNames, names);
  const values: Record<string, number> = {};
  for (const [name, { value }] of Object.entries(metrics)) values[name] = value;
  return {
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [dimensionNames],
          Metrics: names.map((Name) => ({ Name, Unit: metrics[Name]?.unit })),
        },
      ],
    },
    ...dimensions,
    ...values,
  };
}

/** {@link toEmf} as a line of its own. */
export function toEmfLine(...metrics: Parameters<typeof toEmf>): string {
  return JSON.stringify(toEmf(...metrics));
}

function assertWithinLimits(dimensionNames: readonly string[], names: readonly string[]): void {
  if (dimensionNames.length > 30) throw new TypeError('At most 30 dimensions fit into a set.');
  if (names.length === 0 || names.length > 100) throw new TypeError('A line holds between 1 and 100 metrics.');
  const twice = names.find((name) => dimensionNames.includes(name) || name === '_aws');
  if (twice !== undefined) throw new TypeError(`The metric "${twice}" has the name of another field of the line.`);
}

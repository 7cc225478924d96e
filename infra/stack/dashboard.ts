import { METRICS_NAMESPACE } from '../../functions/runtime/log.ts';
import { FUNCTION_NAMES } from '../build/function-names.ts';
import { lambdaMetric, type Metric, ownMetric } from './metric.ts';
import type { ResolverContext } from './resolver-context.ts';

interface Widget {
  readonly title: string;
  readonly metrics: readonly Metric[];
  /** Finds metrics that are not known by name. Default: none. */
  readonly search?: string;
}

const WIDTH = 8;
const HEIGHT = 6;

/** One page that shows how the functions do, and Conjur behind them. */
export async function resolveDashboard(context: ResolverContext): Promise<{ Resources: Record<string, unknown> }> {
  const stack = `${await context.resolveVariable('self:service')}-${await context.resolveVariable('sls:stage')}`;
  const body = { widgets: listWidgets(stack).map(toWidget) };
  return {
    Resources: {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        // Dashboards are the account's and not the region's.
        Properties: {
          DashboardName: { 'Fn::Sub': `${stack}-\${AWS::Region}` },
          DashboardBody: { 'Fn::Sub': JSON.stringify(body) },
        },
      },
    },
  };
}

function listWidgets(stack: string): Widget[] {
  const names = FUNCTION_NAMES.map((name) => `${stack}-${name}`);
  const rotateKey = `${stack}-rotate-key`;
  const each = (toMetric: (name: string) => Metric): Metric[] => names.map(toMetric);
  return [
    { title: 'Invocations', metrics: each((name) => lambdaMetric('Invocations', name, 'Sum')) },
    { title: 'Answers of 500 and above', metrics: each((name) => ownMetric('Faults', name, 'Sum')) },
    {
      title: 'Crashes and throttles',
      metrics: [
        ...each((name) => lambdaMetric('Errors', name, 'Sum')),
        ...each((name) => lambdaMetric('Throttles', name, 'Sum')),
      ],
    },
    { title: 'Duration, p99 (ms)', metrics: each((name) => lambdaMetric('Duration', name, 'p99')) },
    { title: 'Of it in Conjur, p99 (ms)', metrics: each((name) => ownMetric('ConjurTime', name, 'p99')) },
    { title: 'Conjur reachable', metrics: [ownMetric('ConjurReachable', `${stack}-read-secret`, 'Minimum')] },
    { title: 'Refused authentications', metrics: each((name) => ownMetric('AuthenticationFailed', name, 'Sum')) },
    { title: 'Held back from a failing Conjur', metrics: each((name) => ownMetric('HeldBack', name, 'Sum')) },
    {
      title: 'Rotations',
      metrics: [ownMetric('RotationSucceeded', rotateKey, 'Sum'), ownMetric('RotationFailed', rotateKey, 'Sum')],
    },
    {
      title: 'Age of each key (s)',
      metrics: [],
      search: `SEARCH('{${METRICS_NAMESPACE},function_name,secret} function_name="${rotateKey}" OldestKeyAge', 'Maximum', 86400)`,
    },
  ];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
function toWidget({ title, metrics, search }: Widget, index: number): Record<string, unknown> {
  return {
    type: 'metric',
    x: (index % 3) * WIDTH,
    y: Math.floor(index / 3) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      title,
      region: `\${AWS::Region}`,
      period: 300,
      metrics: [
        ...metrics.map(({ namespace, name, dimensions, stat }) => [
          namespace,
          name,
          ...Object.entries(dimensions).flat(),
          { stat },
        ]),
        ...(search === undefined ? [] : [[{ expression: search }]]),
      ],
    },
  };
}

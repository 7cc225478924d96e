import { METRICS_NAMESPACE } from '../../functions/runtime/log.ts';

/** A CloudWatch metric. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** By name: a text, or a reference to a resource of the stack. */
  readonly dimensions: Readonly<Record<string, string | Record<string, unknown>>>;
  readonly stat: 'Sum' | 'Minimum' | 'Maximum' | 'Average' | 'p50' | 'p99';
}

/** A metric that the functions write into their log (functions/runtime/log.ts). */
export function ownMetric(name: string, functionName: string, stat: Metric['stat']): Metric {
  return { namespace: METRICS_NAMESPACE, name, dimensions: { function_name: functionName }, stat };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function lambdaMetric(name: string, functionName: string, stat: Metric['stat']): Metric {
  return { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: functionName }, stat };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
export function apiMetric(name: string, stat: Metric['stat']): Metric {
  return { namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: { Ref: 'HttpApi' } }, stat };
}

/** A metric of a queue of the stack, by its logical id. */
export function queueMetric(logicalId: string, name: string, stat: Metric['stat']): Metric {
  return {
    namespace: 'AWS/SQS',
    name,
    dimensions: { QueueName: { 'Fn::GetAtt': [logicalId, 'QueueName'] } },
    stat,
  };
}
